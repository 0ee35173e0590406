// Staff and visitors who want the same rows at once: one of them is first, and nobody meets an
// internal error.
#include <gmock/gmock.h>

#include "tests/integration/admin/merge_fixture.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::AnyOf;

// Whoever signs in while their user is merged comes in as the survivor, or was in before and is
// moved with the rest: never as the user that is no more, and never with an error.
TEST_F(MergeTest, SignInDuringAMergeEndsAtTheSurvivor) {
  service_.approve_as("grace");
  for (int round = 0; round < 8; ++round) {
    Browser grace = service_.browser();
    ASSERT_EQ(sign_in(grace, "github").status, 303);
    const auto graces = json(grace.get("/api/account/")).root()["id"].integer().value_or(0);
    Browser again = service_.browser();
    std::int64_t id = 0;
    int status = 0;
    in_parallel(2, [&](int i) {
      if (i == 0) {
        Browser staff = staff_;
        const Answer answer =
            staff.post(user_path(graces, "merge/"),
                       because(R"("sessions":"move","into":)" + std::to_string(bob_)));
        EXPECT_EQ(answer.status, 200) << answer.body;
        id = json(answer).root()["merge_id"].integer().value_or(0);
      } else {
        status = sign_in(again, "github").status;
      }
    });
    EXPECT_EQ(status, 303);
    EXPECT_EQ(again.get("/api/account/").text("email"), "bob@example.com");
    EXPECT_EQ(undo(id).status, 200);
  }
}

TEST_F(MergeTest, UndoAgainstUnlinkNeverFails) {
  for (int round = 0; round < 8; ++round) {
    const std::string subject = "race" + std::to_string(round);
    const auto identity = link(ada_, "github", subject);
    const auto id = merged(ada_, bob_);
    in_parallel(2, [&](int i) {
      Browser staff = staff_;
      if (i == 0) {
        const Answer answer =
            staff.post("/api/admin/merges/" + std::to_string(id) + "/undo/", because());
        EXPECT_EQ(answer.status, 200) << answer.body;
      } else {
        const Answer answer = change_as(
            staff, "DELETE", user_path(bob_, "identities/" + std::to_string(identity.id) + "/"),
            because());
        EXPECT_THAT(answer.status, testing::AnyOf(200, 404)) << answer.body;
      }
    });
    const auto left = find("github", subject);
    EXPECT_TRUE(!left || left->user_id == ada_);
  }
}

TEST_F(MergeTest, MergesInOppositeDirectionsAtOnceLeaveOneOfTheUsers) {
  std::vector<int> statuses(2);
  in_parallel(2, [&](int i) {
    Browser staff = staff_;
    statuses[i] = staff
                      .post(user_path(i == 0 ? ada_ : bob_, "merge/"),
                            because(R"("into":)" + std::to_string(i == 0 ? bob_ : ada_)))
                      .status;
  });
  EXPECT_THAT(statuses, testing::UnorderedElementsAre(200, 409));
  EXPECT_NE(user(ada_).disabled(), user(bob_).disabled());
}

}  // namespace
}  // namespace latchkey::test
