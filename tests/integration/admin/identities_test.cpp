// Identities in the hands of staff: linking, allowing beforehand, moving, unlinking, and what
// happens when two want the same one.
#include <future>

#include <gmock/gmock.h>

#include "sql/preauthorised.h"
#include "tests/integration/admin/staff_test.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class AdminIdentitiesTest : public StaffTest {
 protected:
  AdminIdentitiesTest() {
    ada_ = service_.add_user({.email = "ada@example.com", .password = kPassword});
    bob_ = service_.add_user({.email = "bob@example.com"});
  }
  std::string identities_of(sql::UserId user) { return user_path(user, "identities/"); }
  std::string identity_path(const sql::IdentityRow& identity) {
    return identities_of(identity.user_id) + std::to_string(identity.id) + "/";
  }

  sql::UserId ada_ = 0;
  sql::UserId bob_ = 0;
};

TEST_F(AdminIdentitiesTest, LinkedIdentityIsTheUsersAndInTheAuditLog) {
  const Answer answer = post(identities_of(ada_), R"("provider":"github","subject":"42")");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(json(answer).root()["identity"]["user_id"].integer(), ada_);
  EXPECT_EQ(find("github", "42")->user_id, ada_);
  constexpr sql::Statement kEvent = {
      .name = "test.link_event",
      .text =
          "SELECT reason, actor, details->'after'->>'subject' FROM audit_events"
          " WHERE action = 'identity.link' AND user_id = $1"};
  const sql::Rows rows = must(database_->execute(kEvent, sql::Parameters().int64(ada_)));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].text(0), "asked by telephone");
  EXPECT_EQ(rows[0].text(1), "staff@example.com");
  EXPECT_EQ(rows[0].text(2), "42");
}

TEST_F(AdminIdentitiesTest, DryRunTellsAndChangesNothing) {
  const Answer answer =
      post(identities_of(ada_) + "?dry_run=1", R"("provider":"github","subject":"42")");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json(answer).root()["dry_run"].boolean(), true);
  EXPECT_THAT(answer.body, HasSubstr("identity.link"));
  EXPECT_FALSE(find("github", "42"));
}

TEST_F(AdminIdentitiesTest, LinkingTwiceIsNoFaultAndNoSecondEvent) {
  post(identities_of(ada_), R"("provider":"github","subject":"42")");
  const auto events = service_.count("audit_events");
  EXPECT_EQ(post(identities_of(ada_), R"("provider":"github","subject":"42")").status, 200);
  EXPECT_EQ(service_.count("audit_events"), events);
}

TEST_F(AdminIdentitiesTest, IdentityOfAnotherIsRefusedNamingThemAndMovedOnRequest) {
  link(ada_, "github", "42");
  const Answer refused = post(identities_of(bob_), R"("provider":"github","subject":"42")");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.code(), "identity_in_use");
  EXPECT_THAT(refused.body, HasSubstr("user " + std::to_string(ada_)));
  EXPECT_EQ(find("github", "42")->user_id, ada_);

  const Answer moved =
      post(identities_of(bob_), R"("provider":"github","subject":"42","move":true)");
  EXPECT_EQ(moved.status, 200) << moved.body;
  EXPECT_EQ(find("github", "42")->user_id, bob_);
}

TEST_F(AdminIdentitiesTest, MovingTheLastWayInNeedsForce) {
  link(bob_, "github", "42");
  const std::string wanted = R"("provider":"github","subject":"42","move":true)";
  EXPECT_EQ(post(identities_of(ada_), wanted).code(), "last_login_method");
  EXPECT_EQ(post(identities_of(ada_), wanted + R"(,"force":true)").status, 200);
  EXPECT_EQ(find("github", "42")->user_id, ada_);
}

TEST_F(AdminIdentitiesTest, UnlinkingTheLastWayInNeedsForce) {
  const auto identity = link(bob_, "github", "42");
  EXPECT_EQ(remove(identity_path(identity)).code(), "last_login_method");
  ASSERT_TRUE(find("github", "42"));
  EXPECT_EQ(remove(identity_path(identity), R"("force":true)").status, 200);
  EXPECT_FALSE(find("github", "42"));
}

TEST_F(AdminIdentitiesTest, IdentityOfAProviderThatIsGoneIsNoWayIn) {
  const auto identity = link(bob_, "github", "42");
  link(bob_, "gone", "42");
  EXPECT_EQ(remove(identity_path(identity)).code(), "last_login_method");
}

TEST_F(AdminIdentitiesTest, UnlinkingThroughTheWrongUserFindsNothing) {
  auto identity = link(ada_, "github", "42");
  identity.user_id = bob_;
  EXPECT_EQ(remove(identity_path(identity)).status, 404);
  EXPECT_EQ(remove(identities_of(ada_) + "4711/").status, 404);
  EXPECT_EQ(remove(identities_of(ada_) + "x/").status, 404);
  EXPECT_TRUE(find("github", "42"));
}

TEST_F(AdminIdentitiesTest, WhatCannotBeAnIdentityIsRefusedNamingTheField) {
  const auto fault = [&](const std::string& members) {
    const Answer answer = post(identities_of(ada_), members);
    EXPECT_EQ(answer.code(), "validation_failed") << members;
    return answer.body;
  };
  EXPECT_THAT(fault(R"("provider":"myspace","subject":"1")"), HasSubstr(R"("provider":)"));
  EXPECT_THAT(fault(R"("provider":"github","subject":"")"), HasSubstr(R"("subject":)"));
  EXPECT_THAT(fault(R"("provider":"github","subject":1)"), HasSubstr(R"("subject":)"));
  EXPECT_THAT(fault(R"("provider":"github","email":"nobody")"), HasSubstr(R"("email":)"));
  EXPECT_THAT(fault(R"("provider":"github","subject":"1","email":"a@example.com")"),
              HasSubstr(R"("email":)"));
  EXPECT_EQ(staff_.post(identities_of(ada_), R"({"provider":"github","subject":"1"})").code(),
            "validation_failed")
      << "without a reason";
}

TEST_F(AdminIdentitiesTest, SuperusersAreChangedBySuperusersOnly) {
  make_superuser(ada_);
  EXPECT_EQ(post(identities_of(ada_), R"("provider":"github","subject":"1")").code(),
            "permission_denied")
      << "else staff could come in as them";
  EXPECT_EQ(post(identities_of(ada_), R"("provider":"github","email":"x@example.com")").code(),
            "permission_denied");
}

TEST_F(AdminIdentitiesTest, OfTwoWhoLinkOneIdentityAtOnceOneWins) {
  for (int round = 0; round < 10; ++round) {
    const std::string wanted =
        R"("provider":"github","subject":"race)" + std::to_string(round) + "\"";
    std::vector<int> statuses(2);
    in_parallel(2, [&](int i) {
      Browser browser = staff_;
      statuses[i] = browser.post(identities_of(i == 0 ? ada_ : bob_), because(wanted)).status;
    });
    EXPECT_THAT(statuses, testing::UnorderedElementsAre(200, 409));
  }
  EXPECT_EQ(service_.count("identities"), 10);
}

TEST_F(AdminIdentitiesTest, OfTwoWhoMoveOneIdentityAtOnceNobodyFails) {
  const auto carol = service_.add_user({.email = "carol@example.com", .password = kPassword});
  link(carol, "github", "42");
  std::vector<int> statuses(2);
  in_parallel(2, [&](int i) {
    Browser browser = staff_;
    statuses[i] =
        browser
            .post(identities_of(i == 0 ? ada_ : bob_),
                  because(R"("provider":"github","subject":"42","move":true,"force":true)"))
            .status;
  });
  EXPECT_THAT(statuses, testing::Each(200)) << "the second moves it on";
}

// Google says that Margaret's address is verified, but does not own it: it would link nobody.
class PreauthorisedTest : public AdminIdentitiesTest {
 protected:
  PreauthorisedTest() { service_.approve_as("margaret"); }
  Answer allow(sql::UserId user, const std::string& email, const std::string& more = "") {
    return post(identities_of(user), R"("provider":"google","email":")" + email + "\"" + more);
  }
  std::string sign_in_code(Browser& browser) {
    const auto url = Url::parse(callback_url_of(browser, "google"));
    return browser.get("/api/social/google/?" + url->query).code();
  }
};

TEST_F(PreauthorisedTest, NextSignInWithThatVerifiedAddressIsLinkedOnce) {
  // Somebody else has the address, so that it would be a pending sign-in.
  service_.add_user({.email = "margaret@example.net", .password = kPassword});
  const Answer answer = allow(bob_, "margaret@example.net");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(staff_.get(user_path(bob_)).body, HasSubstr(R"("email":"margaret@example.net")"));

  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser), "");
  EXPECT_EQ(browser.get("/api/account/").text("email"), "bob@example.com");
  EXPECT_EQ(service_.count("identities"), 1);
  EXPECT_TRUE(
      must(sql::preauthorised_identities::list_of_user(*database_, bob_, service_.clock.now()))
          .empty())
      << "it is used up";
}

TEST_F(PreauthorisedTest, IsNothingAfterThirtyDaysOrOnceRevoked) {
  service_.add_user({.email = "margaret@example.net", .password = kPassword});
  const Answer allowed = allow(bob_, "margaret@example.net");
  const auto id = json(allowed).root()["preauthorised"]["id"].integer().value_or(0);
  const std::string path = user_path(bob_, "preauthorised/" + std::to_string(id) + "/");
  EXPECT_EQ(remove(user_path(ada_, "preauthorised/" + std::to_string(id) + "/")).status, 404);
  EXPECT_EQ(remove(path).status, 200);
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser), "pending");

  allow(bob_, "margaret@example.net");
  service_.clock.advance(std::chrono::hours(24 * 30));
  const auto known = must(sql::preauthorised_identities::find(
      *database_, "google", *Email::parse("margaret@example.net"), service_.clock.now()));
  EXPECT_FALSE(known);
}

TEST_F(PreauthorisedTest, OneAddressIsAllowedForOneUserUnlessMoved) {
  EXPECT_EQ(allow(ada_, "margaret@example.net").status, 200);
  EXPECT_EQ(allow(ada_, "margaret@example.net").status, 200) << "longer";
  const Answer refused = allow(bob_, "Margaret@Example.net");
  EXPECT_EQ(refused.code(), "identity_in_use");
  EXPECT_THAT(refused.body, HasSubstr("user " + std::to_string(ada_)));
  EXPECT_EQ(allow(bob_, "margaret@example.net", R"(,"move":true)").status, 200);
}

TEST_F(PreauthorisedTest, UnverifiedAddressGetsNothingOutOfIt) {
  service_.approve_as("linus");
  post(identities_of(bob_), R"("provider":"github","email":"linus@example.com")");
  Browser browser = service_.browser();
  const auto url = Url::parse(callback_url_of(browser, "github"));
  EXPECT_EQ(browser.get("/api/social/github/?" + url->query).code(), "pending");
  EXPECT_EQ(service_.count("identities"), 0);
}

TEST_F(PreauthorisedTest, IsNotForAnotherProvider) {
  post(identities_of(bob_), R"("provider":"facebook","email":"margaret@example.net")");
  Browser browser = service_.browser();
  sign_in_code(browser);
  EXPECT_NE(browser.get("/api/account/").text("email"), "bob@example.com");
}

}  // namespace
}  // namespace latchkey::test
