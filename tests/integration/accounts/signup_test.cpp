// Signing up and what stands between it and an account (DESIGN sections 5 and 10; SECURITY rules 14
// and 15).
#include <atomic>

#include "tests/integration/accounts/accounts_test.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

TEST_F(AccountsTest, SignUpAnswersTheSameForEveryAddress) {
  service_.add_user({.email = kAda, .password = kPassword});
  service_.add_user({.email = "social@example.com"});
  service_.add_user({.email = "gone@example.com", .password = kPassword, .disabled = true});
  service_.add_user({.email = "waits@example.com", .password = kPassword, .verified = false});
  const std::string fresh = essence(sign_up(kNew, kOther));
  EXPECT_THAT(fresh, HasSubstr("202"));
  for (const char* known : {kAda, "social@example.com", "gone@example.com", "waits@example.com"}) {
    const std::int64_t events = service_.count("audit_events");
    EXPECT_EQ(essence(sign_up(known, kOther)), fresh) << known;
    EXPECT_EQ(service_.count("audit_events"), events + 1) << known;
  }
  EXPECT_EQ(mails_to(service_, kAda, "signup_existing"), 1);
  EXPECT_EQ(mails_to(service_, "social@example.com", "signup_existing"), 1);
  EXPECT_EQ(mails_to(service_, "gone@example.com", "signup_existing"), 0);
  EXPECT_EQ(mails_to(service_, "waits@example.com", "confirm_email"), 1);
  EXPECT_EQ(try_login(kAda, kOther).code(), "invalid_credentials");
  EXPECT_EQ(try_login(kAda, kPassword).status, 200);
}

TEST_F(AccountsTest, SignUpNamesWhatIsWrongWithTheForm) {
  EXPECT_THAT(sign_up("no address").body, HasSubstr(R"("errors":{"email":[)"));
  for (const char* bad : {"", "short", "password1", "NEW@example.com"}) {
    const Answer answer = sign_up(kNew, bad);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr(R"("errors":{"password":[)")) << bad;
  }
  EXPECT_EQ(sign_up(kNew, std::string(1025, 'x')).status, 400);
  const auto named = [this](const std::string& name) {
    return visitor_.post("/api/signup/",
                         form({{"email", kNew}, {"password", kPassword}, {"name", name}}));
  };
  const Answer too_long = named(std::string(151, 'x'));
  EXPECT_EQ(too_long.status, 400);
  EXPECT_THAT(too_long.body,
              HasSubstr(R"("errors":{"name":["The name has more than 150 characters."]})"));
  EXPECT_THAT(named("Ada\nBcc: eve@example.com").body, HasSubstr(R"("errors":{"name":[)"));
  EXPECT_EQ(service_.count("users"), 0);
}

TEST_F(AccountsTest, ANameOfAHundredAndFiftyCharactersIsKeptWhole) {
  std::string name;
  for (int i = 0; i < 150; ++i) name += "😀";
  EXPECT_EQ(
      visitor_
          .post("/api/signup/", form({{"email", kNew}, {"password", kPassword}, {"name", name}}))
          .status,
      202);
  EXPECT_EQ(verify(token(kNew, "confirm_email")).status, 200);
  EXPECT_EQ(signed_in(kNew, kPassword).get("/api/account/").text("name"), name);
}

TEST_F(AccountsTest, TwentyParallelSignUpsMakeOneUser) {
  std::atomic<int> accepted = 0;
  in_parallel(20, [&](int) {
    Browser browser = service_.browser();
    const Answer answer =
        browser.post("/api/signup/", form({{"email", kNew}, {"password", kPassword}}));
    accepted += answer.status == 202 ? 1 : 0;
  });
  EXPECT_EQ(accepted, 20);
  EXPECT_EQ(service_.count("users"), 1);
}

TEST_F(AccountsTest, OneAddressSignsUpTwentyTimesAMinute) {
  for (int i = 0; i < 20; ++i) sign_up("no address");
  const Answer answer = sign_up(kNew);
  EXPECT_EQ(answer.status, 429);
  EXPECT_FALSE(answer.header("Retry-After").empty());
}

class ClosedTest : public AccountsTest {
 protected:
  ClosedTest() : AccountsTest([](config::Config& config) { config.accounts.signup = false; }) {}
};

TEST_F(ClosedTest, SignUpIsRefusedForKnownAddressesToo) {
  service_.add_user({.email = kAda, .password = kPassword});
  EXPECT_EQ(sign_up(kNew).code(), "signup_disabled");
  EXPECT_EQ(sign_up(kAda).code(), "signup_disabled");
}

TEST(AccountsWithoutMailTest, RoutesThatNeedMailSaySo) {
  Service service;
  Browser browser = service.browser();
  const std::string body = form({{"email", kNew}, {"password", kPassword}});
  for (const char* path : {"/api/signup/", "/api/password/reset/", "/api/email/verify/resend/"}) {
    const Answer answer = browser.post(path, body);
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_EQ(answer.code(), "mail_not_configured") << path;
  }
}

}  // namespace
}  // namespace latchkey::test
