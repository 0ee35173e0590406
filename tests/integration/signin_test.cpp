// The ways in that lead in: three stand-ins and a generic OpenID provider, in a browser and in an
// SPA.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/service.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class SigninTest : public testing::Test {
 protected:
  Service service_;
  Browser browser_ = service_.browser();
};

class EachProvider : public SigninTest, public testing::WithParamInterface<const char*> {};

TEST_P(EachProvider, SignsInAndComesBackToNext) {
  service_.approve_as("ada");
  const Answer answer = sign_in(browser_, GetParam(), "/app?tab=1");
  EXPECT_EQ(answer.status, 303) << answer.body;
  EXPECT_EQ(answer.location(), "/app?tab=1");
  const Answer account = browser_.get("/api/account/");
  EXPECT_EQ(account.status, 200);
  EXPECT_EQ(account.text("email"), "ada@example.com");
  EXPECT_THAT(account.body, HasSubstr("\"provider\":\"" + std::string(GetParam()) + "\""));
}

INSTANTIATE_TEST_SUITE_P(Providers, EachProvider, testing::Values("github", "google", "intranet"),
                         [](const auto& param) { return std::string(param.param); });

TEST_F(SigninTest, FacebookVouchesForNoAddressAndEndsPending) {
  service_.approve_as("ada");
  const Answer answer = sign_in(browser_, "facebook");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location(), "/auth/pending");
  EXPECT_TRUE(answer.set_cookie("sessionid").empty());
  const Answer pending = browser_.get("/api/social/pending/");
  EXPECT_EQ(pending.status, 200);
  EXPECT_EQ(pending.text("reason"), "email_unverified");
  EXPECT_EQ(pending.text("provider"), "facebook");
  EXPECT_EQ(pending.text("email"), "ada@example.com");
  EXPECT_EQ(service_.count("users"), 0);
}

TEST_F(SigninTest, FacebookWithoutEmailEndsPending) {
  service_.approve_as("margaret");
  sign_in(browser_, "facebook");
  const Answer pending = browser_.get("/api/social/pending/");
  EXPECT_EQ(pending.text("reason"), "email_missing");
  EXPECT_THAT(pending.body, HasSubstr(R"("email":null)"));
}

TEST_F(SigninTest, AReturningPersonIsTheSameUser) {
  service_.approve_as("ada");
  sign_in(browser_, "github");
  const std::string first = browser_.get("/api/account/").body;
  Browser other = service_.browser();
  sign_in(other, "github");
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(service_.count("identities"), 1);
  EXPECT_EQ(service_.count("sessions"), 2);
}

TEST_F(SigninTest, TheCookieIsThatOfAPasswordLogin) {
  service_.add_user({.email = "ada@example.com", .password = "analytical-engine"});
  Browser by_password = service_.browser();
  const Answer login = log_in(by_password, "ada@example.com", "analytical-engine");
  service_.approve_as("ada");
  const Answer social = sign_in(browser_, "github");
  // Attributes after the value; social sign-ins are `remember` logins.
  const auto attributes = [](const std::string& cookie) {
    return cookie.substr(std::min(cookie.find(';'), cookie.size()));
  };
  EXPECT_THAT(social.set_cookie("sessionid"), HasSubstr("Max-Age=1209600"));
  EXPECT_THAT(social.set_cookie("sessionid"), HasSubstr("HttpOnly"));
  EXPECT_THAT(login.set_cookie("sessionid"), HasSubstr("HttpOnly"));
  EXPECT_THAT(login.set_cookie("sessionid"), Not(HasSubstr("Max-Age")));
  EXPECT_EQ(attributes(social.set_cookie("csrftoken")), attributes(login.set_cookie("csrftoken")));
  EXPECT_EQ(by_password.get("/api/account/").text("email"),
            browser_.get("/api/account/").text("email"));
  EXPECT_EQ(service_.count("users"), 1);
}

TEST_F(SigninTest, BeginsAsJsonForAnSpa) {
  const Answer begun = browser_.get("/auth/google/login", {{"Accept", "application/json"}});
  EXPECT_EQ(begun.status, 200);
  const std::string url = begun.text("authorize_url");
  EXPECT_THAT(url, testing::StartsWith(service_.dev_url() + "/google/authorize"));
  EXPECT_EQ(query_value(url, "code_challenge_method"), "S256");
  EXPECT_EQ(query_value(url, "code_challenge").size(), 43U);
  EXPECT_EQ(query_value(url, "state").size(), 43U);
  EXPECT_FALSE(query_value(url, "nonce").empty());
  EXPECT_EQ(query_value(url, "redirect_uri"), service_.url() + "/auth/google/callback");
}

TEST_F(SigninTest, BeginningWritesNothing) {
  browser_.get("/auth/github/login");
  EXPECT_EQ(service_.count("audit_events"), 0);
  EXPECT_EQ(service_.requests("github", "authorize"), 0);
}

TEST_F(SigninTest, AnSpaCompletesWithJson) {
  service_.approve_as("ada");
  const std::string callback = callback_url_of(browser_, "github", "/app");
  JsonWriter json;
  json.begin_object()
      .field("code", query_value(callback, "code"))
      .field("state", query_value(callback, "state"))
      .end_object();
  const Answer answer = browser_.post("/api/social/github/", json.text());
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.text("detail"), "success");
  EXPECT_EQ(answer.text("next"), "/app");
  EXPECT_THAT(answer.body, HasSubstr(R"("user":{"id":)"));
  EXPECT_EQ(browser_.get("/api/account/").status, 200);
}

TEST_F(SigninTest, AnSpaIsToldOfAPendingSignIn) {
  service_.approve_as("margaret");
  const std::string callback = callback_url_of(browser_, "facebook");
  const Answer answer =
      browser_.get("/api/social/facebook/?code=" + percent_encode(query_value(callback, "code")) +
                   "&state=" + query_value(callback, "state"));
  EXPECT_EQ(answer.status, 202) << answer.body;
  EXPECT_EQ(answer.code(), "pending");
  EXPECT_THAT(answer.body, HasSubstr(R"("reason":"email_missing")"));
}

TEST_F(SigninTest, PythonSocialAuthsNameOfGoogleIsAnAlias) {
  service_.approve_as("ada");
  const std::string callback = callback_url_of(browser_, "google");
  const Answer answer = browser_.get(
      "/api/social/google-oauth2/?code=" + percent_encode(query_value(callback, "code")) +
      "&state=" + query_value(callback, "state") +
      "&iss=" + percent_encode(query_value(callback, "iss")));
  EXPECT_EQ(answer.status, 200) << answer.body;
}

TEST_F(SigninTest, SeveralTabsFinishInAnyOrder) {
  service_.approve_as("ada");
  const std::string first = callback_url_of(browser_, "github", "/first");
  const std::string second = callback_url_of(browser_, "google", "/second");
  EXPECT_EQ(browser_.get(second).location(), "/second");
  EXPECT_EQ(browser_.get(first).location(), "/first");
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(service_.count("identities"), 2);
  EXPECT_EQ(service_.count("sessions"), 1) << "a browser's former session ends at its next login";
}

TEST_F(SigninTest, TheProvidersAreListedForButtons) {
  const Answer answer = browser_.get("/auth/providers");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"({"id":"github","label":"GitHub","login_url":")" +
                                     service_.url() + R"(/auth/github/login"})"));
}

TEST_F(SigninTest, AReloadOfTheCallbackIsNoError) {
  service_.approve_as("ada");
  const std::string callback = callback_url_of(browser_, "github", "/app");
  browser_.get(callback);
  const Answer again = browser_.get(callback);
  EXPECT_EQ(again.status, 303) << again.body;
  EXPECT_EQ(again.location(), "/app");
  EXPECT_EQ(service_.requests("github", "token"), 1);
  EXPECT_EQ(service_.count("sessions"), 1);
}

TEST_F(SigninTest, TheSpaGetsItsCallbackWhenConfigured) {
  Service spa([](config::Config& config) {
    config.spa.origins = {"http://localhost:3000"};
    config.spa.callback = config::SpaCallback::spa;
    config.spa.callback_url = "http://localhost:3000/auth/{provider}/callback";
  });
  spa.approve_as("ada");
  Browser browser = spa.browser();
  const std::string callback = callback_url_of(browser, "github");
  EXPECT_THAT(callback, testing::StartsWith("http://localhost:3000/auth/github/callback?"));
  JsonWriter json;
  json.begin_object()
      .field("code", query_value(callback, "code"))
      .field("state", query_value(callback, "state"))
      .end_object();
  const Answer answer =
      browser.post("/api/social/github/", json.text(), {{"Origin", "http://localhost:3000"}});
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "http://localhost:3000");
}

}  // namespace
}  // namespace latchkey::test
