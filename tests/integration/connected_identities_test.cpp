// Listing and disconnecting the providers of an account (DESIGN section 5).
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/email.h"
#include "base/json.h"
#include "sql/users.h"
#include "tests/integration/mail_slot.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class ConnectedIdentitiesTest : public testing::Test {
 protected:
  ConnectedIdentitiesTest() { service_.approve_as("ada"); }

  // Signs in through GitHub as Ada, and connects her Google account.
  void enter_with_two(Browser& browser) {
    sign_in(browser, "github");
    ASSERT_EQ(connect(browser, "google").status, 303);
  }
  Answer connect(Browser& browser, const std::string& provider) {
    const Answer begun = browser.post("/api/identities/" + provider + "/", "");
    if (begun.status != 200) return begun;
    return browser.get(browser.get(begun.text("authorize_url")).location());
  }
  // The paths of the user's identities, oldest first.
  static std::vector<std::string> paths(Browser& browser) {
    const auto document = JsonDocument::parse(browser.get("/api/identities/").body);
    std::vector<std::string> paths;
    for (const JsonView item : document->root()["identities"].items()) {
      paths.push_back("/api/identities/" + std::to_string(*item["id"].integer()) + "/");
    }
    return paths;
  }

  Service service_{configure_mail};
  Browser browser_ = service_.browser();
};

TEST_F(ConnectedIdentitiesTest, AreListed) {
  enter_with_two(browser_);
  const Answer listed = browser_.get("/api/identities/");
  EXPECT_EQ(listed.status, 200);
  EXPECT_THAT(listed.body, testing::AllOf(HasSubstr(R"("provider":"github")"),
                                          HasSubstr(R"("provider":"google")"),
                                          HasSubstr(R"("email":"ada@example.com")")));
  EXPECT_EQ(paths(browser_).size(), 2U);
  Browser stranger = service_.browser();
  EXPECT_EQ(stranger.get("/api/identities/").code(), "not_authenticated");
}

TEST_F(ConnectedIdentitiesTest, ConnectingTellsTheOwner) {
  enter_with_two(browser_);
  EXPECT_EQ(mails_to(service_, "ada@example.com", "identity_linked"), 1);
}

TEST_F(ConnectedIdentitiesTest, OneIsDisconnectedAndNoLongerLeadsIn) {
  enter_with_two(browser_);
  const Answer gone = browser_.remove(paths(browser_).back());
  EXPECT_EQ(gone.status, 200) << gone.body;
  EXPECT_EQ(paths(browser_).size(), 1U);
  EXPECT_THAT(browser_.get("/api/account/").body, testing::Not(HasSubstr("google")));
  EXPECT_EQ(mails_to(service_, "ada@example.com", "identity_unlinked"), 1);
}

TEST_F(ConnectedIdentitiesTest, TheLastWayInStays) {
  sign_in(browser_, "github");
  const Answer refused = browser_.remove(paths(browser_).front());
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.code(), "last_login_method");
  EXPECT_EQ(service_.count("identities"), 1);
}

TEST_F(ConnectedIdentitiesTest, APasswordIsAWayIn) {
  service_.add_user({.email = "ada@example.com", .password = "analytical-engine"});
  sign_in(browser_, "github");
  EXPECT_EQ(browser_.remove(paths(browser_).front()).status, 200);
  EXPECT_EQ(service_.count("identities"), 0);
}

TEST_F(ConnectedIdentitiesTest, AnIdentityOfAProviderThatIsGoneIsNoWayIn) {
  enter_with_two(browser_);
  const auto connection = service_.database();
  static constexpr sql::Statement kRename = {
      "test_rename", "UPDATE identities SET provider = 'closed' WHERE provider = 'google'"};
  ASSERT_TRUE(connection->execute(kRename));
  EXPECT_EQ(browser_.remove(paths(browser_).front()).code(), "last_login_method");
  EXPECT_EQ(browser_.remove(paths(browser_).back()).status, 200);
}

TEST_F(ConnectedIdentitiesTest, AnothersIdentityIsNotFound) {
  enter_with_two(browser_);
  const auto adas = paths(browser_);
  service_.approve_as("grace");
  Browser grace = service_.browser();
  sign_in(grace, "github");
  service_.add_user({.email = "unused@example.com"});
  EXPECT_EQ(grace.remove(adas.front()).code(), "not_found");
  for (const char* id : {"0", "-1", "999999", "1x", "99999999999999999999", "github"}) {
    EXPECT_EQ(grace.remove(std::string("/api/identities/") + id + "/").code(), "not_found") << id;
  }
  EXPECT_EQ(service_.count("identities"), 3);
}

TEST_F(ConnectedIdentitiesTest, DisconnectingNeedsASessionTheTokenAndARecentLogin) {
  enter_with_two(browser_);
  const std::string path = paths(browser_).front();
  Browser stranger = service_.browser();
  EXPECT_EQ(stranger.remove(path).code(), "not_authenticated");
  EXPECT_EQ(browser_.send("DELETE", path, "", {}).code(), "csrf_failed");
  service_.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(browser_.remove(path).code(), "reauthentication_required");
  EXPECT_EQ(service_.count("identities"), 2);
}

TEST_F(ConnectedIdentitiesTest, OfTwoThatDisconnectTheLastTwoAtOnceOneIsRefused) {
  enter_with_two(browser_);
  const auto both = paths(browser_);
  std::atomic<int> gone = 0;
  std::atomic<int> refused = 0;
  in_parallel(2, [&](int i) {
    Browser copy = browser_;
    const Answer answer = copy.remove(both.at(static_cast<std::size_t>(i)));
    if (answer.status == 200) ++gone;
    if (answer.code() == "last_login_method") ++refused;
  });
  EXPECT_EQ(gone, 1);
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(service_.count("identities"), 1);
}

TEST_F(ConnectedIdentitiesTest, TheSameTwiceAtOnceIsGoneOnce) {
  enter_with_two(browser_);
  const std::string path = paths(browser_).back();
  std::atomic<int> gone = 0;
  in_parallel(2, [&](int) {
    Browser copy = browser_;
    if (copy.remove(path).status == 200) ++gone;
  });
  EXPECT_EQ(gone, 1);
  EXPECT_EQ(service_.count("identities"), 1);
}

TEST_F(ConnectedIdentitiesTest, AnUnknownProviderCannotBeConnected) {
  sign_in(browser_, "github");
  EXPECT_EQ(browser_.post("/api/identities/nobody/", "").code(), "provider_unknown");
}

// Ada tries to connect the Google account that opens Grace's: the way from there to one account,
// with nothing but what her browser holds.
class TakenIdentityTest : public ConnectedIdentitiesTest {
 protected:
  TakenIdentityTest() {
    sign_in(browser_, "github");
    service_.approve_as("grace");
    Browser other = service_.browser();
    sign_in(other, "google");
    taken_ = connect(browser_, "google");
    service_.approve_as("ada");
  }
  Answer merge(const std::string& body) { return browser_.post("/api/account/merge/", body); }
  Answer confirm_login() {
    const Answer begun = browser_.get("/auth/github/login?intent=reauthenticate");
    return browser_.get(browser_.get(begun.location()).location());
  }

  Answer taken_;
};

TEST_F(TakenIdentityTest, LeadsToOneAccountWithBothWaysIn) {
  EXPECT_EQ(taken_.status, 409) << taken_.body;
  EXPECT_THAT(taken_.body, HasSubstr("/account?merge=google"));
  const Answer preview = merge("{}");
  EXPECT_EQ(preview.status, 200) << preview.body;
  const auto document = JsonDocument::parse(preview.body);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root()["other"]["email"].string(), "grace.hopper@gmail.com");
  EXPECT_FALSE(document->root()["other"]["identities"].exists());
  EXPECT_EQ(paths(browser_).size(), 1U) << "a preview moves nothing";

  EXPECT_EQ(merge(R"({"confirm":true})").status, 200);
  EXPECT_EQ(paths(browser_).size(), 2U);
  Browser again = service_.browser();
  service_.approve_as("grace");
  sign_in(again, "google");
  EXPECT_EQ(again.get("/api/account/").text("email"), "ada@example.com");
}

TEST_F(TakenIdentityTest, ProofIsRememberedForTenMinutes) {
  service_.clock.advance(std::chrono::minutes(9));
  EXPECT_EQ(merge("{}").code(), "reauthentication_required");
  EXPECT_EQ(confirm_login().status, 303);
  EXPECT_EQ(merge("{}").status, 200);
  service_.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(merge("{}").code(), "no_merge_offer");
  EXPECT_EQ(merge(R"({"confirm":true})").code(), "no_merge_offer");
}

TEST_F(TakenIdentityTest, DisabledOwnerIsNeitherShownNorMerged) {
  const auto connection = service_.database();
  const auto grace =
      sql::users::find_by_email(*connection, *Email::parse("grace.hopper@gmail.com"));
  ASSERT_TRUE(sql::users::set_disabled(*connection, (*grace)->id, service_.clock.now()));
  for (const char* body : {"{}", R"({"confirm":true})"}) {
    const Answer answer = merge(body);
    EXPECT_EQ(answer.code(), "merge_conflict");
    EXPECT_THAT(answer.body, testing::Not(HasSubstr("grace")));
  }
}

}  // namespace
}  // namespace latchkey::test
