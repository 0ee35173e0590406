// Users made, found, shown, disabled and given rights at the command line.
#include "tests/integration/commands/command_test.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class UserCommands : public CommandTest {};

TEST_F(UserCommands, CreatesAnAdministratorWhoIsAuditedWithTheSystemsUser) {
  const Ran ran = latchkey(
      {"user", "create", "--email", "Ada@Example.com", "--staff", "--password-stdin", "--json"},
      "analytical-engine\n");
  ASSERT_EQ(ran.status, kDone) << ran.err;
  EXPECT_EQ(ran.err, "");
  const sql::User user = find(parse(ran.out).root()["result"]["id"].integer().value());
  EXPECT_EQ(user.email, "ada@example.com");
  EXPECT_TRUE(user.is_staff && user.email_verified() && user.has_password());
  EXPECT_FALSE(user.is_superuser);
  const sql::AuditEvent event = last_event();
  EXPECT_EQ(event.action, "user.create");
  EXPECT_EQ(event.user_id, user.id);
  EXPECT_EQ(event.actor_id, std::nullopt);
  EXPECT_THAT(event.actor, testing::StartsWith("cli:"));
  EXPECT_EQ(event.reason, "Created on the command line");
}

TEST_F(UserCommands, TheAuditLogSaysWhoUsedSudo) {
  Command create = command({"user", "create", "--email", "ada@example.com"});
  create.environment["SUDO_USER"] = "grace";
  ASSERT_EQ(run(create).status, kDone);
  EXPECT_THAT(last_event().actor, testing::EndsWith(" (sudo by grace)"));
}

TEST_F(UserCommands, CreateRefusesWhatTheAdministrationRefuses) {
  add_user("ada@example.com");
  expect_refusal({"user", "create", "--email", "ada@example.com"}, kRefused, "has this address");
  expect_refusal({"user", "create", "--email", "nobody"}, kRefused, "email: ");
  expect_refusal({"user", "create", "--email", "bob@example.com", "--name", "a\x1b[31mb"}, kRefused,
                 "name: ");
  EXPECT_EQ(count("users"), 1);
  EXPECT_EQ(count("audit_events"), 0);
}

TEST_F(UserCommands, ADryRunNeedsNoReasonAndChangesNothing) {
  const sql::User user = add_user("ada@example.com");
  const Ran ran = latchkey({"user", "disable", "ada@example.com", "--dry-run", "--json"});
  ASSERT_EQ(ran.status, kDone) << ran.err;
  const JsonDocument report = parse(ran.out);
  EXPECT_EQ(report.root()["dry_run"].boolean(), true);
  EXPECT_EQ(report.root()["changes"].items().at(0)["action"].string(), "user.disable");
  EXPECT_FALSE(find(user.id).disabled());
  EXPECT_EQ(latchkey({"user", "create", "--email", "bob@example.com", "--dry-run"}).status, kDone);
  EXPECT_EQ(count("users"), 1);
  EXPECT_EQ(count("audit_events"), 0);
}

TEST_F(UserCommands, ABlankReasonIsNone) {
  add_user("ada@example.com");
  add_user("bob@example.com");
  const std::vector<Arguments> changes = {{"disable", "1"},
                                          {"enable", "1"},
                                          {"grant-staff", "1"},
                                          {"revoke-staff", "1"},
                                          {"set-password", "1"},
                                          {"sessions", "1", "--revoke"},
                                          {"link", "1", "--provider", "github", "--subject", "1"},
                                          {"move", "1", "--provider", "github", "--subject", "1"},
                                          {"unlink", "1", "--provider", "github", "--subject", "1"},
                                          {"merge", "1", "2"},
                                          {"undo", "1"}};
  for (Arguments change : changes) {
    SCOPED_TRACE(change.front());
    change.insert(change.begin(), "user");
    change.insert(change.end(), {"--reason", "  "});
    if (change[1] != "set-password" && change[1] != "unlink") {
      expect_refusal(change, kRefused, "reason: ");
    }
  }
  EXPECT_EQ(count("audit_events"), 0);
}

TEST_F(UserCommands, AScriptThatGivesNoReasonHasTheLogSaySo) {
  add_user("ada@example.com");
  EXPECT_EQ(latchkey({"user", "disable", "ada@example.com"}).status, kDone);
  EXPECT_EQ(last_event().reason, "no reason given");
}

TEST_F(UserCommands, AtATerminalTheReasonIsAskedFor) {
  const sql::User user = add_user("ada@example.com");
  const auto disable = [&](const std::string& typed) {
    Terminal terminal;
    Program program(command({"user", "disable", "ada@example.com"}), terminal.device());
    EXPECT_THAT(terminal.read_until(": "), testing::EndsWith("Why? The audit log keeps it: "));
    terminal.type(typed);
    terminal.close_device();
    terminal.read_all();
    return program.wait();
  };
  EXPECT_EQ(disable("\n"), kMisused);
  EXPECT_FALSE(find(user.id).disabled());
  EXPECT_EQ(disable(" ticket 4711 \n"), kDone);
  EXPECT_TRUE(find(user.id).disabled());
  EXPECT_EQ(last_event().reason, "ticket 4711");
}

TEST_F(UserCommands, DisablingEndsSessionsAndEnablingGivesNoneBack) {
  const sql::User user = add_user("ada@example.com");
  add_session(user);
  const JsonDocument report = change({"user", "disable", "ada@example.com"});
  EXPECT_EQ(report.root()["result"]["disabled"].boolean(), true);
  EXPECT_EQ(count("sessions"), 0);
  EXPECT_EQ(last_event().reason, "ticket 4711");
  change({"user", "enable", std::to_string(user.id)});
  EXPECT_FALSE(find(user.id).disabled());
  EXPECT_EQ(count("sessions"), 0);
}

TEST_F(UserCommands, StaffIsGrantedAndRevokedButNeverTheLast) {
  const sql::User ada = add_user("ada@example.com");
  const sql::User bob = add_user("bob@example.com");
  change({"user", "grant-staff", "ada@example.com"});
  EXPECT_TRUE(find(ada.id).is_staff);
  for (const char* what : {"revoke-staff", "disable"}) {
    expect_refusal({"user", what, "ada@example.com", "--reason", "x"}, kRefused,
                   "make another administrator first");
  }
  change({"user", "grant-staff", "bob@example.com"});
  change({"user", "revoke-staff", "ada@example.com"});
  EXPECT_FALSE(find(ada.id).is_staff);
  EXPECT_TRUE(find(bob.id).is_staff);
}

TEST_F(UserCommands, WhoIsUnknownIsSaid) {
  for (const char* who : {"99", "nobody@example.com", "nobody", "-", "0", "'; DROP TABLE users"}) {
    for (const char* what : {"show", "sessions"}) {
      expect_refusal({"user", what, who}, kRefused, "There is no user");
    }
    expect_refusal({"user", "disable", who, "--reason", "x"}, kRefused, "There is no user");
  }
}

TEST_F(UserCommands, ListsAsATableOrOneObjectALine) {
  add_user("ada@example.com", "Ada");
  add_user("bob@example.com", "Zoë 山田");
  const Ran table = latchkey({"user", "list"});
  EXPECT_EQ(table.err, "");
  EXPECT_THAT(table.out, testing::StartsWith("ID  ADDRESS          CREATED"));
  EXPECT_THAT(table.out, testing::EndsWith("  Ada\n"));
  EXPECT_THAT(table.out, HasSubstr("  Zoë 山田\n"));
  const auto lines = parse_lines(latchkey({"user", "list", "--json"}).out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].root()["name"].string(), "Zoë 山田") << "newest first";
  EXPECT_EQ(lines[1].root()["email"].string(), "ada@example.com");
}

TEST_F(UserCommands, ListFiltersAndSaysWhenItIsCut) {
  const sql::User ada = add_user("ada@example.com");
  const sql::User bob = add_user("bob@example.com");
  link(bob, "github", "4711");
  must(sql::users::set_staff(*connection_, ada.id, true));
  const auto found = [&](Arguments filter) {
    filter.insert(filter.begin(), {"user", "list", "--json"});
    std::vector<std::string> emails;
    for (const JsonDocument& user : parse_lines(latchkey(filter).out)) {
      emails.emplace_back(user.root()["email"].string().value());
    }
    return emails;
  };
  using testing::ElementsAre;
  EXPECT_THAT(found({"--provider", "github"}), ElementsAre("bob@example.com"));
  EXPECT_THAT(found({"--staff"}), ElementsAre("ada@example.com"));
  EXPECT_THAT(found({"--disabled"}), ElementsAre());
  EXPECT_THAT(found({"--search", "github:4711"}), ElementsAre("bob@example.com"));
  EXPECT_THAT(found({"--search", "ada"}), ElementsAre("ada@example.com"));
  const Ran cut = latchkey({"user", "list", "--limit", "1", "--json"});
  EXPECT_EQ(parse_lines(cut.out).size(), 1U);
  EXPECT_THAT(cut.err, HasSubstr("--limit 0"));
  EXPECT_EQ(latchkey({"user", "list", "--limit", "2"}).err, "");
}

TEST_F(UserCommands, WhatNothingCanHoldIsNotLookedFor) {
  expect_refusal({"user", "list", "--search", "\xff"}, kMisused, "--search: This is not UTF-8");
  expect_refusal({"user", "list", "--provider", "\xff"}, kMisused, "not UTF-8");
  expect_refusal({"user", "unlink", "1", "--provider", "github", "--subject", "\xff"}, kMisused,
                 "--subject: This is not UTF-8");
  expect_refusal({"audit", "--action", "\xff"}, kMisused, "not UTF-8");
  expect_refusal({"user", "list", "--search", std::string(300, 'x')}, kRefused, "254 bytes");
}

TEST_F(UserCommands, ListsMoreThanAPage) {
  constexpr int kUsers = 120;
  for (int i = 0; i < kUsers; ++i) add_user("user" + std::to_string(i) + "@example.com");
  EXPECT_EQ(parse_lines(latchkey({"user", "list", "--json", "--limit", "0"}).out).size(), kUsers);
  const Ran table = latchkey({"user", "list", "--limit", "0"});
  EXPECT_EQ(std::count(table.out.begin(), table.out.end(), '\n'), kUsers + 1) << "one head";
}

TEST_F(UserCommands, ShowsEverythingOfAUser) {
  const sql::User user = add_user("ada@example.com", "Ada");
  link(user, "github", "4711");
  add_session(user, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
  change({"user", "link", "1", "--provider", "google", "--verified-email", "ada@work.example"});
  const Ran shown = latchkey({"user", "show", "ada@example.com"});
  EXPECT_EQ(shown.err, "");
  EXPECT_THAT(shown.out, AllOf(HasSubstr("User 1\n"), HasSubstr("Ada"), HasSubstr("4711"),
                               HasSubstr("Firefox on Linux"), HasSubstr("ada@work.example"),
                               HasSubstr("identity.preauthorise")));
  const JsonDocument json = parse(latchkey({"user", "show", "1", "--json"}).out);
  EXPECT_EQ(json.root()["identities"].items().at(0)["provider"].string(), "github");
  EXPECT_EQ(json.root()["sessions"].items().size(), 1U);
  EXPECT_EQ(json.root()["audit"].items().size(), 1U);
}

TEST_F(UserCommands, ListsSessionsAndEndsOneOrAll) {
  const sql::User user = add_user("ada@example.com");
  const sql::User other = add_user("bob@example.com");
  const std::int64_t first = add_session(user, "curl/8.0");
  add_session(user);
  const std::int64_t foreign = add_session(other);
  EXPECT_THAT(latchkey({"user", "sessions", "1"}).out,
              AllOf(HasSubstr("192.0.2.7"), Not(HasSubstr("bob"))));
  EXPECT_EQ(parse_lines(latchkey({"user", "sessions", "1", "--json"}).out).size(), 2U);

  expect_refusal(
      {"user", "sessions", "1", "--revoke", "--session", std::to_string(foreign), "--reason", "x"},
      kRefused, "no such session");
  expect_refusal({"user", "sessions", "1", "--session", std::to_string(first)}, kMisused,
                 "--revoke");
  change({"user", "sessions", "1", "--revoke", "--session", std::to_string(first)});
  EXPECT_EQ(count("sessions"), 2);
  EXPECT_EQ(change({"user", "sessions", "1", "--revoke"}).root()["result"]["ended"].integer(), 1);
  EXPECT_EQ(count("sessions"), 1);
  EXPECT_EQ(last_event().action, "session.revoke");
}

}  // namespace
}  // namespace latchkey::test
