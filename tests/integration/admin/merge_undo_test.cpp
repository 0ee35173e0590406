// A merge taken back: what comes back, and what is said of the rest.
#include <gmock/gmock.h>

#include "tests/integration/admin/merge_fixture.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(MergeTest, UndoRestoresTheExactRows) {
  Browser ada = service_.browser();
  log_in(ada, "ada@example.com", kPassword);
  Browser bob = service_.browser();
  log_in(bob, "bob@example.com", "another horse entirely");
  post(user_path(ada_, "identities/"), R"("provider":"google","email":"ada@example.org")");
  const auto before = rows();
  const auto id = merged(ada_, bob_, R"("sessions":"move")");
  EXPECT_NE(rows(), before);

  const Answer answer = undo(id);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(rows(), before);
  EXPECT_TRUE(json(answer).root()["report"]["not_restored"].items().empty());
  EXPECT_EQ(ada.get("/api/account/").text("email"), "ada@example.com");
  EXPECT_EQ(bob.get("/api/account/").text("email"), "bob@example.com");
}

TEST_F(MergeTest, UserWhoWasDisabledBeforeIsSoAgain) {
  const auto cyd = service_.add_user({.email = "cyd@example.com", .disabled = true});
  const auto before = rows();
  EXPECT_EQ(merge(cyd, bob_).code(), "merge_conflict") << "a locked-out user would come in as bob";
  EXPECT_EQ(merge(bob_, cyd).code(), "merge_conflict") << "nobody could come in any more";
  const auto id = merged(cyd, bob_, R"("force":true)");
  EXPECT_EQ(undo(id).status, 200);
  EXPECT_EQ(rows(), before);
}

TEST_F(MergeTest, UndoSaysWhatCouldNotBeRestored) {
  link(ada_, "google", "gone");
  link(ada_, "facebook", "elsewhere");
  const auto cyd = service_.add_user({.email = "cyd@example.com"});
  Browser ada = service_.browser();
  log_in(ada, "ada@example.com", kPassword);
  const auto id = merged(ada_, bob_);
  remove(user_path(bob_, "identities/" + std::to_string(find("google", "gone")->id) + "/"));
  post(user_path(cyd, "identities/"), R"("provider":"facebook","subject":"elsewhere","move":true)");

  const Answer answer = undo(id);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("google identity gone has been unlinked since"));
  EXPECT_THAT(answer.body, HasSubstr("facebook identity elsewhere has been moved to user " +
                                     std::to_string(cyd)));
  EXPECT_THAT(answer.body, HasSubstr("revoked 1 session."));
  EXPECT_EQ(find("github", "ada")->user_id, ada_);
  EXPECT_EQ(find("facebook", "elsewhere")->user_id, cyd);
  EXPECT_FALSE(user(ada_).disabled());
}

TEST_F(MergeTest, AddressChangedSinceStaysAndIsSaid) {
  const auto id = merged(ada_, bob_);
  must(sql::users::set_email(*database_, ada_, *Email::parse("new@example.com"), std::nullopt));
  const Answer answer = undo(id);
  EXPECT_THAT(answer.body, HasSubstr("The address was ada@example.com"));
  EXPECT_EQ(user(ada_).email, "new@example.com");
}

TEST_F(MergeTest, UndoIsForOnceAndForThirtyDays) {
  const auto id = merged(ada_, bob_);
  EXPECT_EQ(undo(id).status, 200);
  EXPECT_EQ(undo(id).code(), "merge_undone");
  EXPECT_EQ(undo(4711).status, 404);

  const auto late = merged(ada_, bob_);
  service_.clock.advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(log_in(staff_, "staff@example.com", kPassword).status, 200);
  EXPECT_EQ(undo(late).code(), "merge_expired");
}

TEST_F(MergeTest, ChainOfMergesIsUndoneFromItsEnd) {
  const auto cyd = service_.add_user({.email = "cyd@example.com"});
  const auto before = rows();
  const auto first = merged(ada_, bob_);
  const auto second = merged(bob_, cyd);
  EXPECT_EQ(find("github", "ada")->user_id, cyd);
  EXPECT_EQ(merge(ada_, cyd).code(), "user_merged");
  EXPECT_EQ(merge(cyd, ada_).code(), "user_merged") << "no ring";
  EXPECT_EQ(post(user_path(ada_, "identities/"), R"("provider":"github","subject":"x")").code(),
            "user_merged");
  EXPECT_EQ(patch(user_path(ada_), R"("disabled":false)").code(), "user_merged");
  EXPECT_EQ(undo(first).code(), "user_merged") << "bob is part of cyd";
  EXPECT_EQ(undo(second).status, 200);
  EXPECT_EQ(undo(first).status, 200);
  EXPECT_EQ(rows(), before);
}

}  // namespace
}  // namespace latchkey::test
