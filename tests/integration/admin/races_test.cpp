// Staff and visitors who want the same rows at once: one of them is first, and nobody meets an
// internal error.
#include <functional>

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

TEST_F(MergeTest, TwoWhoLinkOneIdentityToOneUserAtOnceBothGetIt) {
  for (int round = 0; round < 8; ++round) {
    const std::string wanted =
        R"("provider":"github","subject":"race)" + std::to_string(round) + "\"";
    std::vector<int> statuses(2);
    in_parallel(2, [&](int i) {
      Browser staff = staff_;
      statuses[i] = staff.post(user_path(ada_, "identities/"), because(wanted)).status;
    });
    EXPECT_THAT(statuses, testing::Each(200)) << "the second is told that it is linked already";
  }
  EXPECT_THAT(column("SELECT count(*)::text FROM audit_events WHERE action = 'identity.link'"),
              testing::ElementsAre("8"));
}

TEST_F(MergeTest, CrossingMergesNeverFailNorLoseAnIdentity) {
  for (int round = 0; round < 8; ++round) {
    std::vector<Answer> answers(2);
    in_parallel(2, [&](int i) {
      Browser staff = staff_;
      answers[i] = staff.post(user_path(i == 0 ? ada_ : bob_, "merge/"),
                              because(R"("into":)" + std::to_string(i == 0 ? bob_ : ada_)));
    });
    const int winner = answers[0].status == 200 ? 0 : 1;
    EXPECT_EQ(answers[winner].status, 200) << answers[winner].body;
    EXPECT_EQ(answers[1 - winner].code(), "user_merged") << answers[1 - winner].body;
    const sql::UserId survivor = winner == 0 ? bob_ : ada_;
    EXPECT_EQ(find("github", "ada")->user_id, survivor);
    EXPECT_EQ(find("google", "bob")->user_id, survivor);
    EXPECT_EQ(undo(json(answers[winner]).root()["merge_id"].integer().value()).status, 200);
  }
}

// The sign-ins of Grace, whose address at Google is Google's own.
class GraceRacesTest : public MergeTest {
 protected:
  GraceRacesTest() {
    grace_ = service_.add_user({.email = "grace.hopper@gmail.com"});
    service_.approve_as("grace");
  }
  // Staff ask for `change` while Grace comes back from Google; answers where she ended.
  std::string who_enters(const std::function<Answer(Browser&)>& change, Answer& changed) {
    Browser grace = service_.browser();
    const std::string callback = callback_url_of(grace, "google");
    Answer entered;
    in_parallel(2, [&](int i) {
      if (i == 0) {
        Browser staff = staff_;
        changed = change(staff);
      } else {
        entered = grace.get(callback);
      }
    });
    EXPECT_EQ(entered.status, 303) << entered.body;
    return grace.get("/api/account/").text("email");
  }
  void forget_google() {
    must(database_->execute_script("DELETE FROM identities WHERE provider = 'google'"));
  }

  sql::UserId grace_ = 0;
};

// Before the merge she is linked and moved with the rest; after it her address leads on.
TEST_F(GraceRacesTest, AFirstSignInDuringAMergeEndsAtTheSurvivor) {
  for (int round = 0; round < 8; ++round) {
    forget_google();
    Answer merged;
    const std::string email = who_enters(
        [&](Browser& staff) {
          return staff.post(user_path(grace_, "merge/"),
                            because(R"("sessions":"move","into":)" + std::to_string(bob_)));
        },
        merged);
    ASSERT_EQ(merged.status, 200) << merged.body;
    EXPECT_EQ(email, "bob@example.com");
    EXPECT_EQ(column("SELECT user_id::text FROM identities WHERE provider = 'google'"),
              std::vector<std::string>{std::to_string(bob_)});
    EXPECT_EQ(undo(json(merged).root()["merge_id"].integer().value()).status, 200);
  }
}

TEST_F(GraceRacesTest, AFirstSignInDuringAnUndoEndsAtEitherAndNeverFails) {
  for (int round = 0; round < 8; ++round) {
    forget_google();
    const auto id = merged(grace_, bob_);
    Answer undone;
    const std::string email = who_enters(
        [&](Browser& staff) {
          return staff.post("/api/admin/merges/" + std::to_string(id) + "/undo/", because());
        },
        undone);
    EXPECT_EQ(undone.status, 200) << undone.body;
    EXPECT_THAT(email, AnyOf("bob@example.com", "grace.hopper@gmail.com"));
  }
}

// Before it she enters by the identity, after it by her address, which links it anew.
TEST_F(GraceRacesTest, ASignInDuringAnUnlinkEnters) {
  forget_google();
  for (int round = 0; round < 8; ++round) {
    Browser before = service_.browser();
    ASSERT_EQ(sign_in(before, "google").status, 303);
    const std::string id =
        column("SELECT id::text FROM identities WHERE provider = 'google'").at(0);
    Answer unlinked;
    const std::string email = who_enters(
        [&](Browser& staff) {
          return change_as(staff, "DELETE", user_path(grace_, "identities/" + id + "/"),
                           because(R"("force":true)"));
        },
        unlinked);
    EXPECT_EQ(unlinked.status, 200) << unlinked.body;
    EXPECT_EQ(email, "grace.hopper@gmail.com");
  }
}

}  // namespace
}  // namespace latchkey::test
