// The link policy carried out: what is written, dropped and refused (DESIGN section 6, SECURITY
// rules 1, 2 and 13).
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/users.h"
#include "tests/integration/service.h"

namespace latchkey::test {
namespace {

class LinkingTest : public testing::Test {
 protected:
  LinkingTest() { service_.approve_as("ada"); }

  // Signs in and answers the code of what went wrong, "" when nothing did.
  std::string sign_in_code(Browser& browser, const std::string& provider) {
    const auto url = Url::parse(callback_url_of(browser, provider));
    return browser.get("/api/social/" + provider + "/?" + url->query).code();
  }

  Service service_;
  Browser browser_ = service_.browser();
};

TEST_F(LinkingTest, VerifiedAddressLinksToTheVerifiedAccount) {
  const auto id = service_.add_user({.email = "ada@example.com", .password = "analytical-engine"});
  EXPECT_EQ(sign_in_code(browser_, "github"), "");
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_THAT(browser_.get("/api/account/").body,
              testing::HasSubstr("\"id\":" + std::to_string(id)));
  Browser other = service_.browser();
  EXPECT_EQ(log_in(other, "ada@example.com", "analytical-engine").status, 200)
      << "the password stays";
}

TEST_F(LinkingTest, PreHijackedAccountIsClaimedAndItsMakerIsOut) {
  Service open([](config::Config& config) {
    config.accounts.email_verification = config::EmailVerification::optional;
  });
  open.approve_as("ada");
  open.add_user({.email = "ada@example.com", .password = "hijackers-own", .verified = false});
  Browser hijacker = open.browser();
  EXPECT_EQ(log_in(hijacker, "ada@example.com", "hijackers-own").status, 200);
  EXPECT_EQ(hijacker.get("/api/account/").status, 200);

  Browser owner = open.browser();
  EXPECT_EQ(sign_in(owner, "github").status, 303);
  EXPECT_EQ(open.count("users"), 1);
  EXPECT_THAT(owner.get("/api/account/").body,
              testing::AllOf(testing::HasSubstr(R"("email_verified":true)"),
                             testing::HasSubstr(R"("has_password":false)")));
  EXPECT_EQ(hijacker.get("/api/account/").status, 403) << "the hijacker's session is gone";
  EXPECT_EQ(log_in(hijacker, "ada@example.com", "hijackers-own").status, 400)
      << "and so is the password";
}

TEST_F(LinkingTest, UnverifiedStaffAccountIsNeverTakenOver) {
  service_.add_user({.email = "ada@example.com", .verified = false, .staff = true});
  EXPECT_EQ(sign_in_code(browser_, "github"), "email_not_verified");
  EXPECT_EQ(service_.count("identities"), 0);
  EXPECT_EQ(service_.count("sessions"), 0);
}

TEST_F(LinkingTest, DisabledAccountIsRefused) {
  service_.add_user({.email = "ada@example.com", .disabled = true});
  EXPECT_EQ(sign_in_code(browser_, "github"), "account_disabled");
  EXPECT_EQ(service_.count("identities"), 0);
}

TEST_F(LinkingTest, DisablingAUserEndsSessionsAndSignIns) {
  EXPECT_EQ(sign_in_code(browser_, "github"), "");
  const auto connection = service_.database();
  const auto user = sql::users::find_by_email(*connection, *Email::parse("ada@example.com"));
  ASSERT_TRUE(sql::users::set_disabled(*connection, (*user)->id, service_.clock.now()));
  EXPECT_EQ(browser_.get("/api/account/").status, 403);
  EXPECT_EQ(sign_in_code(browser_, "github"), "account_disabled");
}

TEST_F(LinkingTest, UnverifiedPrimaryAddressDoesNotLink) {
  service_.approve_as("linus");
  EXPECT_EQ(sign_in_code(browser_, "github"), "pending");
  EXPECT_EQ(service_.count("users"), 0);
}

TEST_F(LinkingTest, AddressThatTheProviderDoesNotOwnDoesNotLink) {
  // Google, neither gmail.com nor hd: verified, but somebody else may own the mailbox by now.
  service_.add_user({.email = "ada@example.com", .password = "analytical-engine"});
  service_.approve_as("alan");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser, "google"), "pending");
  EXPECT_EQ(browser.get("/api/social/pending/").text("reason"), "account_exists");
  EXPECT_EQ(service_.count("identities"), 0);
}

TEST_F(LinkingTest, TwoPrimaryAddressesAreNone) {
  service_.approve_as("dorothy");
  EXPECT_EQ(sign_in_code(browser_, "github"), "pending");
  EXPECT_EQ(browser_.get("/api/social/pending/").text("reason"), "email_missing");
}

TEST_F(LinkingTest, ClosedSignupRefusesNewcomers) {
  Service closed([](config::Config& config) { config.accounts.signup = false; });
  closed.approve_as("ada");
  Browser browser = closed.browser();
  const auto url = Url::parse(callback_url_of(browser, "github"));
  EXPECT_EQ(browser.get("/api/social/github/?" + url->query).code(), "signup_disabled");
  EXPECT_EQ(closed.count("users"), 0);
}

TEST_F(LinkingTest, TwentyParallelFirstSignInsThroughTwoProvidersMakeOneUser) {
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(std::async(std::launch::async, [this, i] {
      Browser browser = service_.browser();
      return sign_in(browser, i % 2 == 0 ? "github" : "google").status;
    }));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 303);
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(service_.count("identities"), 2);
  EXPECT_EQ(service_.count("sessions"), 20);
}

TEST_F(LinkingTest, EveryDecisionIsInTheAuditLog) {
  sign_in_code(browser_, "github");
  sign_in_code(browser_, "github");
  service_.approve_as("linus");
  sign_in_code(browser_, "github");
  EXPECT_EQ(service_.count("audit_events"), 3);
}

class ConnectTest : public LinkingTest {
 protected:
  // Where the browser ends after connecting the provider to the signed-in account.
  Answer connect(Browser& browser, const std::string& provider) {
    const Answer begun = browser.post("/api/identities/" + provider + "/", "");
    if (begun.status != 200) return begun;
    return browser.get(browser.get(begun.text("authorize_url")).location());
  }
};

TEST_F(ConnectTest, ConnectsWhateverTheAddressSays) {
  sign_in(browser_, "github");
  service_.approve_as("margaret");
  const Answer answer = connect(browser_, "facebook");
  EXPECT_EQ(answer.status, 303) << answer.body;
  EXPECT_EQ(answer.location(), "/account");
  EXPECT_EQ(service_.count("identities"), 2);
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(service_.count("sessions"), 1);
}

TEST_F(ConnectTest, IdentityOfAnotherUserIsRefused) {
  Browser other = service_.browser();
  service_.approve_as("grace");
  sign_in(other, "github");
  service_.approve_as("ada");
  sign_in(browser_, "google");
  service_.approve_as("grace");
  const Answer answer = connect(browser_, "github");
  EXPECT_EQ(answer.status, 409);
  EXPECT_EQ(service_.count("identities"), 2);
  EXPECT_THAT(answer.set_cookie("latchkey_merge"), testing::HasSubstr("HttpOnly"))
      << "both accounts are proven, which a merge may build on";
}

TEST_F(ConnectTest, AnotherSessionCannotFinishIt) {
  sign_in(browser_, "github");
  const Answer begun = browser_.post("/api/identities/google/", "");
  const std::string callback = browser_.get(begun.text("authorize_url")).location();
  Browser other = service_.browser();
  service_.approve_as("grace");
  sign_in(other, "github");
  for (const auto& [name, value] : browser_.cookies) {
    if (name.starts_with("latchkey_flow_")) other.cookies[name] = value;
  }
  EXPECT_EQ(other.get(callback).status, 400);
  EXPECT_EQ(service_.count("identities"), 2);
}

TEST_F(ConnectTest, NeedsALoginARecentOneAndTheToken) {
  EXPECT_EQ(browser_.post("/api/identities/google/", "").status, 403);
  sign_in(browser_, "github");
  const auto cookies = browser_.cookies;
  browser_.cookies.erase("csrftoken");
  EXPECT_EQ(browser_.post("/api/identities/google/", "").code(), "csrf_failed");
  browser_.cookies = cookies;
  service_.clock.advance(std::chrono::minutes(6));
  EXPECT_EQ(browser_.post("/api/identities/google/", "").code(), "reauthentication_required");
}

}  // namespace
}  // namespace latchkey::test
