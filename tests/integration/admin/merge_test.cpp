// Two users made one, and two again: what moves, what is refused, what an undo brings back, and
// what happens when a sign-in comes in between.
#include <gmock/gmock.h>

#include "base/crypto.h"
#include "base/keyring.h"
#include "broker/admin/merge_desk.h"
#include "broker/merge_offer.h"
#include "sql/merges.h"
#include "sql/preauthorised.h"
#include "sql/sessions.h"
#include "tests/integration/admin/admin_fixture.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class MergeTest : public AdminTest {
 protected:
  explicit MergeTest(const Service::Adjust& adjust = {}) : AdminTest(adjust) {
    ada_ = service_.add_user({.email = "ada@example.com", .password = kPassword});
    bob_ = service_.add_user({.email = "bob@example.com", .password = "another horse entirely"});
    link(ada_, "github", "ada");
    link(bob_, "google", "bob");
  }

  Answer merge(sql::UserId from, sql::UserId into, const std::string& more = "",
               const std::string& query = "") {
    return post(path_of(from, "merge/" + query),
                R"("into":)" + std::to_string(into) + (more.empty() ? "" : "," + more));
  }
  std::int64_t merged(sql::UserId from, sql::UserId into, const std::string& more = "") {
    const Answer answer = merge(from, into, more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json(answer).root()["merge_id"].integer().value_or(0);
  }
  Answer undo(std::int64_t merge) {
    return post("/api/admin/merges/" + std::to_string(merge) + "/undo/");
  }
  sql::User user(sql::UserId id) { return *must(sql::users::find_by_id(*database_, id)); }
  // Every row that a merge may touch, as text.
  std::vector<std::string> rows() {
    constexpr sql::Statement kRows = {
        .name = "test.rows",
        .text =
            "SELECT users::text FROM users WHERE id <> $1"
            " UNION ALL SELECT identities::text FROM identities"
            " UNION ALL SELECT sessions::text FROM sessions WHERE user_id <> $1"
            " UNION ALL SELECT preauthorised_identities::text FROM preauthorised_identities"
            " ORDER BY 1"};
    return must(database_->execute(kRows, sql::Parameters().int64(staff_id_)))
        .all([](const sql::Row& row) { return row.text(0); });
  }

  sql::UserId ada_ = 0;
  sql::UserId bob_ = 0;
};

TEST_F(MergeTest, EverythingMovesAndTheMergedUserStaysAsADisabledRow) {
  Browser ada = service_.browser();
  log_in(ada, "ada@example.com", kPassword);
  const Answer answer = merge(ada_, bob_);
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto document = json(answer);
  const JsonView moved = document.root()["report"]["moved"];
  EXPECT_EQ(moved["identities"].items().size(), 1U);
  EXPECT_EQ(moved["sessions_revoked"].integer(), 1);
  EXPECT_EQ(moved["password"].string(), "kept");

  EXPECT_EQ(find("github", "ada")->user_id, bob_);
  EXPECT_TRUE(user(ada_).disabled());
  EXPECT_EQ(must(sql::merges::merged_into(*database_, ada_)), bob_);
  EXPECT_EQ(ada.get("/api/account/").status, 403) << "the session was revoked";
  EXPECT_NE(log_in(ada, "ada@example.com", kPassword).status, 200);
  Browser bob = service_.browser();
  EXPECT_EQ(log_in(bob, "bob@example.com", "another horse entirely").status, 200);
  EXPECT_THAT(staff_.get(path_of(ada_)).body,
              HasSubstr(R"("merged_into":)" + std::to_string(bob_)));
}

TEST_F(MergeTest, AddressOfTheMergedUserIsTakenByNobody) {
  merged(ada_, bob_);
  EXPECT_EQ(post("/api/admin/users/", R"("email":"ada@example.com")").code(), "email_in_use");
}

TEST_F(MergeTest, SessionsMoveWhenThatIsAskedFor) {
  Browser ada = service_.browser();
  log_in(ada, "ada@example.com", kPassword);
  EXPECT_EQ(ada.get("/api/account/").text("email"), "ada@example.com");
  merged(ada_, bob_, R"("sessions":"move")");
  EXPECT_EQ(ada.get("/api/account/").text("email"), "bob@example.com");
}

TEST_F(MergeTest, DryRunTellsOfConflictsAndChangesNothing) {
  link(bob_, "github", "bob");
  const auto before = rows();
  const Answer answer = merge(ada_, bob_, "", "?dry_run=1");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const auto document = json(answer);
  EXPECT_EQ(document.root()["dry_run"].boolean(), true);
  std::vector<std::string> codes;
  for (const JsonView conflict : document.root()["report"]["conflicts"].items()) {
    codes.emplace_back(conflict["code"].string().value_or(""));
  }
  EXPECT_THAT(codes, ElementsAre("same_provider", "source_password"));
  EXPECT_EQ(rows(), before);
  EXPECT_TRUE(must(sql::merges::list(*database_, {}, 0, 10)).empty());
}

TEST_F(MergeTest, UndoRestoresTheExactRows) {
  Browser ada = service_.browser();
  log_in(ada, "ada@example.com", kPassword);
  Browser bob = service_.browser();
  log_in(bob, "bob@example.com", "another horse entirely");
  post(path_of(ada_, "identities/"), R"("provider":"google","email":"ada@example.org")");
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
  remove(path_of(bob_, "identities/" + std::to_string(find("google", "gone")->id) + "/"));
  post(path_of(cyd, "identities/"), R"("provider":"facebook","subject":"elsewhere","move":true)");

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

TEST_F(MergeTest, PasswordIsTakenOnlyWhenAskedForAndByWhoHasNone) {
  const auto cyd = service_.add_user({.email = "cyd@example.com"});
  const auto kept = merged(ada_, cyd);
  EXPECT_FALSE(user(cyd).has_password());
  undo(kept);

  const auto taken = merged(ada_, cyd, R"("password":"take")");
  Browser browser = service_.browser();
  EXPECT_EQ(log_in(browser, "cyd@example.com", kPassword).status, 200);
  EXPECT_EQ(browser.post("/api/logout/", "").status, 200);
  EXPECT_EQ(undo(taken).status, 200);
  EXPECT_FALSE(user(cyd).has_password());

  merged(ada_, bob_, R"("password":"take")");
  EXPECT_EQ(log_in(browser, "bob@example.com", "another horse entirely").status, 200)
      << "bob has one";
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
  EXPECT_EQ(post(path_of(ada_, "identities/"), R"("provider":"github","subject":"x")").code(),
            "user_merged");
  EXPECT_EQ(change(staff_, "PATCH", path_of(ada_), R"("disabled":false)").code(), "user_merged");
  EXPECT_EQ(undo(first).code(), "user_merged") << "bob is part of cyd";
  EXPECT_EQ(undo(second).status, 200);
  EXPECT_EQ(undo(first).status, 200);
  EXPECT_EQ(rows(), before);
}

TEST_F(MergeTest, WhatCannotBeMergedIsRefused) {
  EXPECT_EQ(merge(ada_, ada_).status, 400);
  EXPECT_EQ(merge(ada_, 4711).code(), "user_unknown");
  EXPECT_EQ(merge(4711, ada_).code(), "user_unknown");
  EXPECT_EQ(post(path_of(ada_, "merge/")).code(), "validation_failed");
  EXPECT_EQ(merge(ada_, bob_, R"("sessions":"keep")").code(), "validation_failed");
  EXPECT_EQ(merge(ada_, bob_, R"("password":"steal")").code(), "validation_failed");
}

TEST_F(MergeTest, RightsNeverGrowSilently) {
  const auto boss = service_.add_user({.email = "boss@example.com", .staff = true});
  EXPECT_EQ(merge(boss, bob_).code(), "permission_denied");
  EXPECT_EQ(merge(bob_, boss).code(), "permission_denied") << "who comes in as bob would be staff";
  EXPECT_EQ(merge(staff_id_, bob_).code(), "permission_denied");
  make_superuser(staff_id_);
  EXPECT_EQ(merge(staff_id_, bob_).code(), "own_account");
  const Answer answer = merge(boss, bob_);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("source_staff"));
  EXPECT_FALSE(user(bob_).is_staff) << "rights do not move";
}

TEST_F(MergeTest, ListShowsMergesOfAUserOnEitherSide) {
  const auto cyd = service_.add_user({.email = "cyd@example.com"});
  const auto first = merged(ada_, bob_);
  const auto second = merged(bob_, cyd);
  const auto ids = [&](const std::string& query) {
    std::vector<std::int64_t> found;
    const auto document = json(staff_.get("/api/admin/merges/" + query));
    for (const JsonView merge : document.root()["results"].items()) {
      found.push_back(merge["id"].integer().value_or(0));
    }
    return found;
  };
  EXPECT_THAT(ids(""), ElementsAre(second, first));
  EXPECT_THAT(ids("?user=" + std::to_string(ada_)), ElementsAre(first));
  EXPECT_THAT(ids("?user=" + std::to_string(bob_)), ElementsAre(second, first));
  EXPECT_EQ(staff_.get("/api/admin/merges/?user=bob").code(), "parameters_invalid");
}

TEST_F(MergeTest, NeitherAuditLogNorMergeHoldsAPassword) {
  const auto cyd = service_.add_user({.email = "cyd@example.com"});
  merged(ada_, cyd, R"("password":"take")");
  const std::string hash = *user(ada_).password_hash;
  constexpr sql::Statement kText = {.name = "test.text",
                                    .text =
                                        "SELECT merges::text FROM merges UNION ALL"
                                        " SELECT audit_events::text FROM audit_events"};
  for (const std::string& text :
       must(database_->execute(kText)).all([](const sql::Row& row) { return row.text(0); })) {
    EXPECT_THAT(text, Not(HasSubstr(hash)));
  }
}

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
            staff.post(path_of(graces, "merge/"),
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
        const Answer answer = change(
            staff, "DELETE", path_of(bob_, "identities/" + std::to_string(identity.id) + "/"));
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
                      .post(path_of(i == 0 ? ada_ : bob_, "merge/"),
                            because(R"("into":)" + std::to_string(i == 0 ? bob_ : ada_)))
                      .status;
  });
  EXPECT_THAT(statuses, testing::UnorderedElementsAre(200, 409));
  EXPECT_NE(user(ada_).disabled(), user(bob_).disabled());
}

class MergeWebhookTest : public MergeTest {
 protected:
  MergeWebhookTest()
      : MergeTest([](config::Config& config) {
          config.admin.webhook_url = "http://127.0.0.1:1/";
          config.admin.webhook_secret = Secret("secret");
        }) {}
};

TEST_F(MergeWebhookTest, ApplicationHearsOfMergeAndUndoWithBothIds) {
  Browser ada = service_.browser();
  log_in(ada, "ada@example.com", kPassword);
  const auto id = merged(ada_, bob_);
  undo(id);
  constexpr sql::Statement kEvents = {
      .name = "test.events",
      .text =
          "SELECT type || ' ' || coalesce(data->>'from_user_id', '') || ' '"
          " || coalesce(data->>'into_user_id', '') FROM webhook_deliveries ORDER BY id"};
  const std::string both = " " + std::to_string(ada_) + " " + std::to_string(bob_);
  EXPECT_THAT(
      must(database_->execute(kEvents)).all([](const sql::Row& row) { return row.text(0); }),
      ElementsAre("session.revoked  ", "user.merged" + both, "user.merge_undone" + both));

  const Answer list = staff_.get("/api/admin/webhooks/?state=waiting");
  EXPECT_EQ(json(list).root()["results"].items().size(), 3U) << list.body;
  EXPECT_EQ(staff_.get("/api/admin/webhooks/?state=lost").code(), "parameters_invalid");
  EXPECT_EQ(post("/api/admin/webhooks/1/replay/").status, 200);
  EXPECT_EQ(post("/api/admin/webhooks/4711/replay/").status, 404);
}

TEST_F(MergeWebhookTest, DryRunAnnouncesNothing) {
  merge(ada_, bob_, "", "?dry_run=1");
  EXPECT_THAT(staff_.get("/api/admin/webhooks/").body, HasSubstr(R"("results":[])"));
}

// The visitor's own merge, with the offer that a connect flow leaves in the browser.
class OwnMergeTest : public MergeTest {
 protected:
  OwnMergeTest() { log_in(bob_browser_, "bob@example.com", "another horse entirely"); }

  void offer(const std::string& provider, const std::string& subject) {
    const auto session = must(sql::sessions::find(*database_, {hash_of(bob_browser_)},
                                                  service_.clock.now(), std::chrono::hours(24)));
    const broker::MergeOffers offers(Keyring(service_.config().server.secret_key, {}),
                                     service_.config().session, service_.clock, random_);
    sessions::LiveSession live;
    live.user = session.at(0).user;
    live.token_hash = session.at(0).token_hash;
    bob_browser_.cookies["latchkey_merge"] = offers.make(live, provider, subject).value;
  }
  static std::string hash_of(const Browser& browser) {
    return sha256(browser.cookies.at("sessionid"));
  }
  Answer merge_own(const std::string& body = R"({"confirm":true})") {
    return bob_browser_.post("/api/account/merge/", body);
  }

  SystemRandom random_;
  Browser bob_browser_ = service_.browser();
};

TEST_F(OwnMergeTest, ProvenAccountBecomesPartOfTheOneThatIsSignedIn) {
  offer("github", "ada");
  const Answer preview = merge_own("{}");
  EXPECT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(json(preview).root()["dry_run"].boolean(), true);
  EXPECT_EQ(find("github", "ada")->user_id, ada_);

  const Answer answer = merge_own();
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(find("github", "ada")->user_id, bob_);
  EXPECT_EQ(bob_browser_.get("/api/account/").text("email"), "bob@example.com");
  EXPECT_EQ(merge_own().code(), "no_merge_offer") << "the offer is used up";
  const auto id = json(answer).root()["merge_id"].integer().value_or(0);
  EXPECT_EQ(undo(id).status, 200) << "staff can take it back";
}

TEST_F(OwnMergeTest, NothingIsMergedWithoutAProof) {
  EXPECT_EQ(merge_own().code(), "no_merge_offer");
  offer("github", "nobody's");
  EXPECT_EQ(merge_own().code(), "no_merge_offer");
  offer("google", "bob");
  EXPECT_EQ(merge_own().code(), "no_merge_offer") << "their own";
  offer("github", "ada");
  service_.clock.advance(std::chrono::minutes(6));
  EXPECT_EQ(merge_own().code(), "reauthentication_required");
  Browser anonymous = service_.browser();
  EXPECT_EQ(anonymous.post("/api/account/merge/", "{}").status, 403);
}

TEST_F(OwnMergeTest, OfferOfAnotherSessionIsWorthNothing) {
  offer("github", "ada");
  const std::string stolen = bob_browser_.cookies["latchkey_merge"];
  bob_browser_ = service_.browser();
  log_in(bob_browser_, "bob@example.com", "another horse entirely");
  bob_browser_.cookies["latchkey_merge"] = stolen;
  EXPECT_EQ(merge_own().code(), "no_merge_offer");
}

TEST_F(OwnMergeTest, StaffAndDisabledAccountsAreForAdministrators) {
  link(staff_id_, "github", "staff");
  offer("github", "staff");
  EXPECT_EQ(merge_own().code(), "permission_denied");
  const auto cyd = service_.add_user({.email = "cyd@example.com", .disabled = true});
  link(cyd, "github", "cyd");
  offer("github", "cyd");
  EXPECT_EQ(merge_own(R"({"confirm":true,"force":true})").code(), "merge_conflict");
}

}  // namespace
}  // namespace latchkey::test
