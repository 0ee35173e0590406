// Two users made one: what moves, what is refused, who hears of it.
#include <gmock/gmock.h>

#include "sql/merges.h"
#include "tests/integration/admin/merge_fixture.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

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
  EXPECT_EQ(user(ada_).merged_into, bob_);
  EXPECT_EQ(ada.get("/api/account/").status, 403) << "the session was revoked";
  EXPECT_NE(log_in(ada, "ada@example.com", kPassword).status, 200);
  Browser bob = service_.browser();
  EXPECT_EQ(log_in(bob, "bob@example.com", "another horse entirely").status, 200);
  EXPECT_THAT(staff_.get(user_path(ada_)).body,
              HasSubstr(R"("merged_into":)" + std::to_string(bob_)));
}

TEST_F(MergeTest, TheListSaysOfWhomAUserIsPart) {
  merged(ada_, bob_);
  const JsonDocument document = json(staff_.get("/api/admin/users/"));
  int seen = 0;
  for (const JsonView user : document.root()["results"].items()) {
    if (user["id"].integer() == ada_) {
      EXPECT_EQ(user["merged_into"].integer(), bob_);
      ++seen;
    } else {
      EXPECT_TRUE(user["merged_into"].is_null());
    }
  }
  EXPECT_EQ(seen, 1);
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

TEST_F(MergeTest, WhatCannotBeMergedIsRefused) {
  EXPECT_EQ(merge(ada_, ada_).status, 400);
  EXPECT_EQ(merge(ada_, 4711).code(), "user_unknown");
  EXPECT_EQ(merge(4711, ada_).code(), "user_unknown");
  EXPECT_EQ(post(user_path(ada_, "merge/")).code(), "validation_failed");
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

}  // namespace
}  // namespace latchkey::test
