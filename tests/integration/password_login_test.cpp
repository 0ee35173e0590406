// The password way in, and out again (SECURITY rules 11, 14 and 15).
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/service.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kEmail = "ada@example.com";
constexpr const char* kPassword = "analytical-engine";

class PasswordLoginTest : public testing::Test {
 protected:
  PasswordLoginTest() { service_.add_user({.email = kEmail, .password = kPassword}); }

  Service service_;
  Browser browser_ = service_.browser();
};

// Without what differs between any two answers.
std::string essence(Answer answer) {
  const std::size_t id = answer.body.find(R"("request_id")");
  return std::to_string(answer.status) + answer.body.substr(0, id);
}

TEST_F(PasswordLoginTest, LogsInAndOut) {
  const Answer login = log_in(browser_, kEmail, kPassword);
  EXPECT_EQ(login.status, 200);
  EXPECT_EQ(login.body, R"({"detail":"Success"})");
  EXPECT_EQ(browser_.get("/api/account/").text("username"), kEmail);
  const Answer logout = browser_.post("/api/logout/", "");
  EXPECT_EQ(logout.body, R"({"detail":"Logout Successful"})");
  EXPECT_THAT(logout.set_cookie("sessionid"), HasSubstr("Max-Age=0"));
  const Answer after = browser_.get("/api/account/");
  EXPECT_EQ(after.status, 403);
  EXPECT_EQ(after.text("detail"), "Authentication credentials were not provided.");
  EXPECT_EQ(service_.count("sessions"), 0);
}

TEST_F(PasswordLoginTest, TheAddressIsComparedInLowerCaseAndMayBeCalledUsername) {
  const Answer login = browser_.post(
      "/api/login/", R"({"username":"ADA@Example.com","password":"analytical-engine"})");
  EXPECT_EQ(login.status, 200) << login.body;
}

TEST_F(PasswordLoginTest, UnknownSocialOnlyAndDisabledAccountsAnswerTheSame) {
  service_.add_user({.email = "social@example.com"});
  service_.add_user({.email = "gone@example.com", .password = kPassword, .disabled = true});
  const std::string wrong = essence(log_in(browser_, kEmail, "wrong"));
  EXPECT_EQ(wrong, essence(log_in(browser_, "nobody@example.com", kPassword)));
  EXPECT_EQ(wrong, essence(log_in(browser_, "social@example.com", kPassword)));
  EXPECT_EQ(wrong, essence(log_in(browser_, "gone@example.com", kPassword)));
  EXPECT_EQ(wrong, essence(log_in(browser_, "no address", kPassword)));
  EXPECT_THAT(wrong, HasSubstr(R"("detail":"Invalid credentials")"));
  EXPECT_THAT(wrong, HasSubstr(R"("non_field_errors":["Invalid credentials"])"));
}

TEST_F(PasswordLoginTest, MissingFieldsAreNamed) {
  for (const char* body :
       {R"({})", R"({"email":"a@example.com"})", R"({"password":"x"})",
        R"({"email":"a@example.com","password":""})", R"({"email":1,"password":["x"]})"}) {
    const Answer answer = browser_.post("/api/login/", body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("Please enter both username and password")) << body;
  }
}

TEST_F(PasswordLoginTest, SessionFixationFails) {
  browser_.cookies["sessionid"] = std::string(43, 'A');
  log_in(browser_, kEmail, kPassword);
  EXPECT_NE(browser_.cookies["sessionid"], std::string(43, 'A'));
  const std::string first = browser_.cookies["sessionid"];
  const std::string first_csrf = browser_.cookies["csrftoken"];
  EXPECT_EQ(log_in(browser_, kEmail, kPassword).status, 200);
  EXPECT_NE(browser_.cookies["sessionid"], first);
  EXPECT_NE(browser_.cookies["csrftoken"], first_csrf);
  Browser thief = service_.browser();
  thief.cookies["sessionid"] = first;
  EXPECT_EQ(thief.get("/api/account/").status, 403);
}

TEST_F(PasswordLoginTest, TwoSessionCookiesNoneCounts) {
  log_in(browser_, kEmail, kPassword);
  Browser bare = service_.browser();
  const std::string good = "sessionid=" + browser_.cookies["sessionid"];
  EXPECT_EQ(bare.get("/api/account/", {{"Cookie", good}}).status, 200);
  EXPECT_EQ(bare.get("/api/account/", {{"Cookie", good + "; sessionid=x"}}).status, 403);
  EXPECT_EQ(bare.get("/api/account/", {{"Cookie", "sessionid=x; " + good}}).status, 403);
}

TEST_F(PasswordLoginTest, RememberDecidesHowLongTheCookieLives) {
  const Answer answer = browser_.post(
      "/api/login/",
      R"({"email":"ada@example.com","password":"analytical-engine","remember":true})");
  EXPECT_THAT(answer.set_cookie("sessionid"), HasSubstr("Max-Age=1209600"));
}

TEST_F(PasswordLoginTest, IdleSessionEnds) {
  log_in(browser_, kEmail, kPassword);
  service_.clock.advance(std::chrono::hours(11));
  EXPECT_EQ(browser_.get("/api/account/").status, 200);
  service_.clock.advance(std::chrono::hours(2));
  EXPECT_EQ(browser_.get("/api/account/").status, 403) << "twelve hours without remember";
}

TEST_F(PasswordLoginTest, LogoutEverywhereEndsEverySession) {
  Browser other = service_.browser();
  log_in(browser_, kEmail, kPassword);
  log_in(other, kEmail, kPassword);
  EXPECT_EQ(browser_.post("/api/logout/?everywhere=1", "").status, 200);
  EXPECT_EQ(other.get("/api/account/").status, 403);
}

TEST_F(PasswordLoginTest, LogoutWithoutSessionIsFine) {
  EXPECT_EQ(browser_.post("/api/logout/", "").status, 200);
}

TEST_F(PasswordLoginTest, AnUnverifiedAddressMustBeVerifiedFirst) {
  service_.add_user({.email = "new@example.com", .password = kPassword, .verified = false});
  EXPECT_EQ(log_in(browser_, "new@example.com", kPassword).code(), "email_not_verified");
  EXPECT_EQ(log_in(browser_, "new@example.com", "wrong").code(), "invalid_credentials");
}

TEST_F(PasswordLoginTest, OneMegabytePasswordIsRefused) {
  EXPECT_EQ(log_in(browser_, kEmail, std::string(60'000, 'x')).status, 400);
  EXPECT_EQ(log_in(browser_, kEmail, std::string(1'000'000, 'x')).status, 413);
}

TEST_F(PasswordLoginTest, TheSixthGuessIsTooManyEvenIfRight) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in(browser_, kEmail, "wrong").status, 400);
  const Answer locked = log_in(browser_, kEmail, kPassword);
  EXPECT_EQ(locked.status, 429);
  EXPECT_EQ(locked.code(), "rate_limited");
  EXPECT_FALSE(locked.header("Retry-After").empty());
  service_.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(log_in(browser_, kEmail, kPassword).status, 200);
}

TEST_F(PasswordLoginTest, AnUnknownAccountLocksTheSame) {
  for (int i = 0; i < 5; ++i) log_in(browser_, "nobody@example.com", "wrong");
  EXPECT_EQ(log_in(browser_, "nobody@example.com", "wrong").status, 429);
}

TEST_F(PasswordLoginTest, SocialLoginStaysOpenWhileThePasswordIsLocked) {
  for (int i = 0; i < 6; ++i) log_in(browser_, kEmail, "wrong");
  service_.approve_as("ada");
  Browser owner = service_.browser();
  EXPECT_EQ(sign_in(owner, "github").status, 303);
}

TEST_F(PasswordLoginTest, ParallelGuessesCountTooBeforeAnyIsAnswered) {
  std::vector<std::future<int>> guesses;
  for (int i = 0; i < 20; ++i) {
    guesses.push_back(std::async(std::launch::async, [this] {
      Browser browser = service_.browser();
      return log_in(browser, kEmail, "wrong").status;
    }));
  }
  int answered = 0;
  for (auto& guess : guesses) answered += guess.get() == 400 ? 1 : 0;
  EXPECT_EQ(answered, 5);
}

}  // namespace
}  // namespace latchkey::test
