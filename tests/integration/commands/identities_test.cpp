// Identities linked, moved and unlinked, users merged and merges undone at the command line.
#include "sql/merges.h"
#include "tests/integration/commands/command_test.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class IdentityCommands : public CommandTest {
 protected:
  static Arguments about(const char* what, const sql::User& user, const char* subject) {
    return {"user", what, user.email, "--provider", "github", "--subject", subject};
  }
  static Arguments because(Arguments arguments) {
    arguments.insert(arguments.end(), {"--reason", "x"});
    return arguments;
  }
  sql::UserId owner(const char* subject) {
    const auto identity = must(sql::identities::find(*connection_, "github", subject));
    return identity ? identity->user_id : 0;
  }
  std::string merge() {
    const JsonDocument report = change({"user", "merge", bob_.email, ada_.email});
    return std::to_string(report.root()["result"]["merge_id"].integer().value());
  }

  sql::User ada_ = add_user("ada@example.com");
  sql::User bob_ = add_user("bob@example.com");
};

TEST_F(IdentityCommands, LinksAnIdentityOnceAndNamesItsOwner) {
  change(about("link", ada_, "4711"));
  EXPECT_EQ(owner("4711"), ada_.id);
  EXPECT_EQ(last_event().subject, "4711");
  const Ran again = latchkey(because(about("link", ada_, "4711")));
  EXPECT_EQ(again.status, kDone);
  EXPECT_EQ(again.out, "Nothing to change.\n");
  expect_refusal(because(about("link", bob_, "4711")), kRefused, "belongs to user 1");
  EXPECT_EQ(owner("4711"), ada_.id);
}

TEST_F(IdentityCommands, AProviderThatIsNotConfiguredIsRefusedWithThoseThatAre) {
  expect_refusal({"user", "link", "1", "--provider", "gihub", "--subject", "1", "--reason", "x"},
                 kRefused, "Those configured are github, google.");
  EXPECT_EQ(count("identities"), 0);
}

TEST_F(IdentityCommands, TheLastWayInIsMovedOrUnlinkedOnlyByForce) {
  link(ada_, "github", "4711");
  expect_refusal(because(about("move", bob_, "4711")), kRefused, "--force");
  expect_refusal(because(about("unlink", ada_, "4711")), kRefused, "--force");
  EXPECT_EQ(owner("4711"), ada_.id);

  Arguments move = because(about("move", bob_, "4711"));
  move.emplace_back("--force");
  const Ran moved = latchkey(move);
  EXPECT_EQ(moved.status, kDone);
  EXPECT_THAT(moved.err, HasSubstr("warning: User 1 has no other way to sign in."));
  EXPECT_EQ(owner("4711"), bob_.id);

  expect_refusal(because(about("unlink", ada_, "4711")), kRefused, "has no identity github:4711");
  link(bob_, "github", "4712");
  change(about("unlink", bob_, "4711"));
  EXPECT_EQ(owner("4711"), 0);
}

TEST_F(IdentityCommands, AllowsAnAddressBeforehandAndTakesItBack) {
  const Arguments who = {"--provider", "google", "--verified-email", "ada@work.example"};
  const auto with = [&](const char* what, const sql::User& user) {
    Arguments arguments = {"user", what, user.email};
    arguments.insert(arguments.end(), who.begin(), who.end());
    return arguments;
  };
  change(with("link", ada_));
  EXPECT_EQ(count("preauthorised_identities"), 1);
  expect_refusal(because(with("link", bob_)), kRefused, "`latchkey user move`");
  change(with("move", bob_));
  expect_refusal(because(with("unlink", ada_)), kRefused, "allowed in as user 1");
  change(with("unlink", bob_));
  EXPECT_EQ(count("preauthorised_identities"), 0);
}

TEST_F(IdentityCommands, SubjectOrAddressMustBeGivenButNotBoth) {
  const Arguments neither = {"user", "link", "1", "--provider", "github", "--reason", "x"};
  expect_refusal(neither, kMisused, "--subject");
  Arguments both = neither;
  both.insert(both.end(), {"--subject", "1", "--verified-email", "a@example.com"});
  expect_refusal(both, kMisused, "--verified-email");
}

TEST_F(IdentityCommands, MergesAndUndoes) {
  link(bob_, "github", "4711");
  add_session(bob_);
  const Ran merged = latchkey({"user", "merge", bob_.email, ada_.email, "--reason", "one person"});
  ASSERT_EQ(merged.status, kDone) << merged.err;
  EXPECT_THAT(merged.out, HasSubstr("identities: github:4711"));
  EXPECT_THAT(merged.out, HasSubstr("sessions revoked: 1"));
  EXPECT_THAT(merged.out, HasSubstr("`latchkey user undo 1` takes this back"));
  EXPECT_EQ(owner("4711"), ada_.id);
  EXPECT_TRUE(find(bob_.id).disabled());
  EXPECT_THAT(latchkey({"user", "show", bob_.email}).out, HasSubstr("part of       user 1"));
  EXPECT_THAT(latchkey({"user", "list", "--disabled"}).out, HasSubstr("  part of 1\n"));

  const Ran undone = latchkey({"user", "undo", "1", "--reason", "two people"});
  EXPECT_EQ(undone.status, kDone);
  EXPECT_THAT(undone.err, HasSubstr("warning: The merge revoked 1 session."));
  EXPECT_EQ(owner("4711"), bob_.id);
  EXPECT_FALSE(find(bob_.id).disabled());
  EXPECT_EQ(last_event().action, "user.merge_undo");
  EXPECT_EQ(last_event().reason, "two people");
}

TEST_F(IdentityCommands, AMergedUserIsNotWorkedOn) {
  merge();
  for (Arguments refused :
       {Arguments{"merge", "2", "1"}, Arguments{"merge", "1", "2"}, Arguments{"enable", "2"}}) {
    refused.insert(refused.begin(), "user");
    expect_refusal(because(refused), kRefused, "User 2 is part of user 1.");
  }
  expect_refusal(because({"user", "set-password", "2"}), kRefused, "is part of user 1",
                 "analytical-engine\n");
  expect_refusal(because(about("link", bob_, "1")), kRefused, "is part of user 1");
  expect_refusal(because({"user", "merge", "1", "1"}), kRefused, "into itself");
}

TEST_F(IdentityCommands, AMergeIsUndoneOnceAndFor30Days) {
  const std::string first = merge();
  change({"user", "undo", first});
  expect_refusal(because({"user", "undo", first}), kRefused, "undone already");

  const std::string second = merge();
  constexpr sql::Statement kAge = {
      .name = "test.age_merges",
      .text = "UPDATE merges SET merged_at = merged_at - interval '30 days'"};
  must(connection_->execute(kAge));
  expect_refusal(because({"user", "undo", second}), kRefused, "30 days");
  EXPECT_TRUE(find(bob_.id).disabled());
  expect_refusal(because({"user", "undo", "99"}), kRefused, "There is no such merge");
  expect_refusal(because({"user", "undo", "first"}), kMisused, "merge");
}

TEST_F(IdentityCommands, ABlockingConflictIsPreviewedAndThenForced) {
  change({"user", "disable", bob_.email});
  const Arguments merge = {"user", "merge", bob_.email, ada_.email};
  Arguments preview = merge;
  preview.emplace_back("--dry-run");
  const Ran ran = latchkey(preview);
  EXPECT_EQ(ran.status, kDone);
  EXPECT_THAT(ran.out, testing::StartsWith("Nothing has changed."));
  EXPECT_THAT(ran.err, HasSubstr("warning: User 2 is disabled"));
  EXPECT_THAT(ran.err, HasSubstr("refused without --force"));
  expect_refusal(because(merge), kRefused, "--force");
  EXPECT_EQ(count("merges"), 0);
  Arguments forced = merge;
  forced.emplace_back("--force");
  change(forced);
  EXPECT_EQ(count("merges"), 1);
}

TEST_F(IdentityCommands, AMergeMovesSessionsAndPasswordWhenAsked) {
  must(sql::users::set_password_hash(*connection_, bob_.id, "$argon2id$of-bob"));
  add_session(bob_);
  const JsonDocument report =
      change({"user", "merge", "2", "1", "--move-sessions", "--take-password"});
  EXPECT_EQ(report.root()["report"]["moved"]["sessions"].integer(), 1);
  EXPECT_EQ(find(ada_.id).password_hash, "$argon2id$of-bob");
  EXPECT_EQ(parse_lines(latchkey({"user", "sessions", "1", "--json"}).out).size(), 1U);
}

}  // namespace
}  // namespace latchkey::test
