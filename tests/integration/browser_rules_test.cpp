// CSRF, CORS, headers and methods (DESIGN section 5, SECURITY rules 12 and 21).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/service.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

constexpr const char* kEmail = "ada@example.com";
constexpr const char* kPassword = "analytical-engine";

class BrowserRules : public testing::Test {
 protected:
  BrowserRules() { service_.add_user({.email = kEmail, .password = kPassword}); }

  Service service_{
      [](config::Config& config) { config.spa.origins = {"https://app.example.com"}; }};
  Browser browser_ = service_.browser();
};

TEST_F(BrowserRules, CrossSitePostIsRefused) {
  log_in(browser_, kEmail, kPassword);
  for (const HeaderList& headers :
       {HeaderList{{"Origin", "https://evil.example"}}, HeaderList{{"Origin", "null"}},
        HeaderList{{"Sec-Fetch-Site", "cross-site"}}}) {
    const Answer answer = browser_.post("/api/logout/", "", headers);
    EXPECT_EQ(answer.status, 403);
    EXPECT_EQ(answer.code(), "origin_not_allowed");
  }
  EXPECT_EQ(browser_.get("/api/account/").status, 200);
}

TEST_F(BrowserRules, PostWithSessionButWithoutTokenIsRefused) {
  log_in(browser_, kEmail, kPassword);
  const auto cookies = browser_.cookies;
  browser_.cookies.erase("csrftoken");
  const Answer missing = browser_.post("/api/logout/", "");
  EXPECT_EQ(missing.status, 403);
  EXPECT_EQ(missing.text("detail"), "CSRF Failed: CSRF token missing.");
  browser_.cookies = cookies;
  EXPECT_EQ(browser_.post("/api/logout/", "").status, 200);
}

TEST_F(BrowserRules, PlantedTokenOfAnotherSessionIsRefused) {
  Browser attacker = service_.browser();
  log_in(attacker, kEmail, kPassword);
  log_in(browser_, kEmail, kPassword);
  browser_.cookies["csrftoken"] = attacker.cookies["csrftoken"];
  const Answer answer = browser_.post("/api/logout/", "");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.text("detail"), "CSRF Failed: CSRF token incorrect.");
}

TEST_F(BrowserRules, AnonymousTokenIsNotGoodForASession) {
  browser_.get("/api/login-set-cookie/");
  const std::string anonymous = browser_.cookies["csrftoken"];
  log_in(browser_, kEmail, kPassword);
  browser_.cookies["csrftoken"] = anonymous;
  EXPECT_EQ(browser_.post("/api/logout/", "").status, 403);
  browser_.get("/api/login-set-cookie/");
  EXPECT_EQ(browser_.post("/api/logout/", "").status, 200) << "a fresh one is had for the asking";
}

TEST_F(BrowserRules, FormPostsAreRefused) {
  const Answer answer =
      browser_.post("/api/login/", "email=ada%40example.com&password=analytical-engine",
                    {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(answer.status, 415);
}

TEST_F(BrowserRules, CsrfCookieIsGivenInTheFormOfDjango) {
  const Answer answer = browser_.get("/api/login-set-cookie/");
  EXPECT_EQ(answer.text("detail"), "CSRF cookie set");
  EXPECT_EQ(answer.text("details"), "CSRF cookie set");
  EXPECT_EQ(answer.text("csrfToken"), browser_.cookies["csrftoken"]);
  EXPECT_THAT(browser_.cookies["csrftoken"], testing::MatchesRegex("[a-zA-Z0-9]{32}"));
  const std::string kept = browser_.cookies["csrftoken"];
  browser_.get("/api/login-set-cookie/");
  EXPECT_EQ(browser_.cookies["csrftoken"], kept) << "another tab's token does not go stale";
}

TEST_F(BrowserRules, CorsEchoesListedOriginsOnly) {
  const Answer allowed = browser_.get("/auth/providers", {{"Origin", "https://app.example.com"}});
  EXPECT_EQ(allowed.header("Access-Control-Allow-Origin"), "https://app.example.com");
  EXPECT_EQ(allowed.header("Access-Control-Allow-Credentials"), "true");
  EXPECT_THAT(allowed.header("Vary"), HasSubstr("Origin"));
  for (const char* origin : {"https://evil.example", "null", "https://app.example.com.evil.example",
                             "http://app.example.com"}) {
    const Answer refused = browser_.get("/api/login-set-cookie/", {{"Origin", origin}});
    EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "") << origin;
    EXPECT_EQ(refused.text("csrfToken"), "") << origin;
  }
}

TEST_F(BrowserRules, PreflightIsAnsweredWithoutAHandler) {
  const Answer answer = browser_.send(
      "OPTIONS", "/api/login/", "",
      {{"Origin", "https://app.example.com"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(answer.header("Access-Control-Allow-Headers"), HasSubstr("X-CSRFToken"));
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "https://app.example.com");
}

TEST_F(BrowserRules, EveryAnswerHasTheSecurityHeaders) {
  for (const char* path : {"/login", "/api/account/", "/nowhere", "/auth/assets/latchkey.css",
                           "/auth/github/callback", "/healthz"}) {
    const Answer answer = browser_.get(path);
    EXPECT_FALSE(answer.header("X-Request-Id").empty()) << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << path;
    EXPECT_THAT(answer.header("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"))
        << path;
    EXPECT_FALSE(answer.header("Cache-Control").empty()) << path;
  }
}

TEST_F(BrowserRules, AnotherMethodIsRefusedWithAllow) {
  const Answer answer = browser_.get("/api/login/");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("Allow"), "POST");
  EXPECT_EQ(answer.code(), "method_not_allowed");
}

TEST_F(BrowserRules, PostWithoutABodyOrALengthIsAnsweredAtOnce) {
  const Answer answer = browser_.send("POST", "/api/logout/", "", {{"Content-Length", ""}});
  EXPECT_EQ(answer.status, 200);
}

TEST_F(BrowserRules, BodyOfAGetIsRefused) {
  const Answer answer = browser_.send("GET", "/api/account/", "", {{"Content-Length", "5"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.header("Connection"), "close");
}

TEST_F(BrowserRules, GetChangesNothing) {
  log_in(browser_, kEmail, kPassword);
  EXPECT_EQ(browser_.get("/api/logout/").status, 405);
  EXPECT_EQ(browser_.get("/api/account/").status, 200);
}

TEST_F(BrowserRules, ErrorsHaveCodeSentenceAndRequestId) {
  const Answer answer = browser_.get("/nowhere/at/all");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.code(), "not_found");
  EXPECT_FALSE(answer.text("detail").empty());
  EXPECT_EQ(answer.text("request_id"), answer.header("X-Request-Id"));
}

TEST_F(BrowserRules, ErrorPageShowsNothingThatTheUrlSays) {
  const Answer page =
      browser_.get("/auth/error?error=%3Cscript%3Ealert(1)%3C%2Fscript%3E&provider=%3Cb%3Ex");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find("alert(1)"), std::string::npos);
  EXPECT_EQ(page.body.find("<b>x"), std::string::npos);
}

TEST_F(BrowserRules, AssetsRevalidate) {
  const Answer first = browser_.get("/auth/assets/latchkey-buttons.js");
  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(first.header("Content-Type"), HasSubstr("text/javascript"));
  const Answer second =
      browser_.get("/auth/assets/latchkey-buttons.js", {{"If-None-Match", first.header("ETag")}});
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
  EXPECT_EQ(browser_.get("/auth/assets/pages/login.html").status, 404);
}

TEST_F(BrowserRules, RootLeadsToTheRightPage) {
  EXPECT_EQ(browser_.get("/").location(), "/login");
  log_in(browser_, kEmail, kPassword);
  EXPECT_EQ(browser_.get("/").location(), "/account");
}

TEST_F(BrowserRules, SpoofedPeerAddressIsNotBelieved) {
  // Ten failures a minute count per address; a header must not make another address of them.
  for (int i = 0; i < 10; ++i) {
    const std::string who = "nobody" + std::to_string(i) + "@example.com";
    browser_.post("/api/login/", R"({"email":")" + who + R"(","password":"wrong"})",
                  {{"REMOTE_ADDR", "198.51.100." + std::to_string(i)},
                   {"X-Forwarded-For", "198.51.100." + std::to_string(i)}});
  }
  EXPECT_EQ(log_in(browser_, "nobody99@example.com", "wrong").status, 429);
}

}  // namespace
}  // namespace latchkey::test
