// Reading the audit log at the command line.
#include "sql/signins.h"
#include "tests/integration/commands/command_test.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AuditCommand : public CommandTest {
 protected:
  void note(sql::UserId user, const std::string& action, std::chrono::sys_days day) {
    must(sql::audit_events::insert(*connection_, {.at = day,
                                                  .action = action,
                                                  .user_id = user,
                                                  .reason = "first line\nsecond line",
                                                  .actor = "cli:ada"}));
  }
  std::vector<std::string> actions(Arguments filter) {
    filter.insert(filter.begin(), {"audit", "--json"});
    std::vector<std::string> found;
    for (const JsonDocument& entry : parse_lines(latchkey(filter).out)) {
      found.emplace_back(entry.root()["action"].string().value());
    }
    return found;
  }

  static constexpr std::chrono::sys_days kFirst{std::chrono::year(2026) / 3 / 1};
  static constexpr std::chrono::sys_days kSecond{std::chrono::year(2026) / 3 / 2};
  static constexpr std::chrono::sys_days kThird{std::chrono::year(2026) / 3 / 3};
  sql::User ada_ = add_user("ada@example.com");
  sql::User bob_ = add_user("bob@example.com");
};

TEST_F(AuditCommand, FiltersByUserActionAndTime) {
  note(ada_.id, "one", kFirst);
  note(bob_.id, "two", kSecond);
  note(ada_.id, "three", kThird);
  EXPECT_THAT(actions({}), ElementsAre("three", "two", "one")) << "newest first";
  EXPECT_THAT(actions({"--user", "ada@example.com"}), ElementsAre("three", "one"));
  EXPECT_THAT(actions({"--user", std::to_string(bob_.id)}), ElementsAre("two"));
  EXPECT_THAT(actions({"--action", "two"}), ElementsAre("two"));
  EXPECT_THAT(actions({"--since", "2026-03-02"}), ElementsAre("three", "two"));
  EXPECT_THAT(actions({"--since", "2026-03-02T00:00:01Z"}), ElementsAre("three"));
  EXPECT_THAT(actions({"--until", "2026-03-02"}), ElementsAre("one"));
  EXPECT_THAT(actions({"--since", "2026-03-02", "--until", "2026-03-03", "--user", "2"}),
              ElementsAre("two"));
  const Ran none = latchkey({"audit", "--action", "four"});
  EXPECT_EQ(none.status, kDone);
  EXPECT_EQ(none.out, "");
}

TEST_F(AuditCommand, AnEntryIsOneRow) {
  note(ada_.id, "one", kFirst);
  EXPECT_EQ(latchkey({"audit"}).out,
            "TIME                  ACTION  USER  BY       REASON\n"
            "2026-03-01T00:00:00Z  one     1     cli:ada  first line\\x0asecond line\n");
}

TEST_F(AuditCommand, SaysWhenThereIsMoreAndPrintsAllWhenAsked) {
  constexpr int kEntries = 1203;  // more than two pages of the command
  constexpr sql::Statement kMany = {
      .name = "test.many_entries",
      .text =
          "INSERT INTO audit_events (at, action, reason, actor)"
          " SELECT now(), 'many', '', 'cli:ada' FROM generate_series(1, 1203)"};
  must(connection_->execute(kMany));
  const Ran cut = latchkey({"audit", "--json"});
  EXPECT_EQ(parse_lines(cut.out).size(), 100U);
  EXPECT_THAT(cut.err, HasSubstr("--limit 0"));
  const Ran all = latchkey({"audit", "--json", "--limit", "0"});
  EXPECT_EQ(parse_lines(all.out).size(), kEntries);
  EXPECT_EQ(all.err, "");
  const Ran exact = latchkey({"audit", "--json", "--limit", std::to_string(kEntries)});
  EXPECT_EQ(parse_lines(exact.out).size(), kEntries);
  EXPECT_EQ(exact.err, "");
}

TEST_F(AuditCommand, WhatItCannotLookForIsSaid) {
  expect_refusal({"audit", "--since", "yesterday"}, kMisused, "2026-11-21T08:30:00Z");
  expect_refusal({"audit", "--until", "2026-02-30"}, kMisused, "2026-02-30 is not a time");
  expect_refusal({"audit", "--user", "99"}, kRefused, "There is no user");
  expect_refusal({"audit", "--limit", "-1"}, kMisused, "--limit");
}

}  // namespace
}  // namespace latchkey::test
