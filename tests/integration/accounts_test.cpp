// Signing up, proving and changing addresses, changing and resetting passwords, re-authentication
// (DESIGN sections 5 and 10; SECURITY rules 11 to 15).
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/users.h"
#include "tests/integration/mail_slot.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kAda = "ada@example.com";
constexpr const char* kNew = "new@example.com";
constexpr const char* kPassword = "analytical-engine";
constexpr const char* kOther = "difference-engine";

// Without what differs between any two answers.
std::string essence(const Answer& answer) {
  return std::to_string(answer.status) + answer.body.substr(0, answer.body.find(R"("request_id")"));
}

class AccountsTest : public testing::Test {
 protected:
  explicit AccountsTest(const Service::Adjust& adjust = {})
      : service_([&adjust](config::Config& config) {
          configure_mail(config);
          config.limits.mail_interval = std::chrono::seconds(0);
          if (adjust) adjust(config);
        }) {}

  Answer sign_up(const std::string& email, const std::string& password = kPassword) {
    return visitor_.post("/api/signup/", form({{"email", email}, {"password", password}}));
  }
  Answer verify(const std::string& token) {
    return visitor_.post("/api/email/verify/", form({{"token", token}}));
  }
  Answer ask_reset(const std::string& email) {
    return visitor_.post("/api/password/reset/", form({{"email", email}}));
  }
  Answer reset(const std::string& token, const std::string& password) {
    return visitor_.post("/api/password/reset/confirm/",
                         form({{"token", token}, {"password", password}}));
  }
  [[nodiscard]] std::string token(const std::string& email, const std::string& kind) const {
    return mailed_token(service_, email, kind);
  }
  // A browser of its own, signed in.
  Browser signed_in(const std::string& email, const std::string& password) {
    Browser browser = service_.browser();
    EXPECT_EQ(log_in(browser, email, password).status, 200) << email;
    return browser;
  }
  Answer try_login(const std::string& email, const std::string& password) {
    Browser browser = service_.browser();
    return log_in(browser, email, password);
  }

  Service service_;
  Browser visitor_ = service_.browser();
};

TEST_F(AccountsTest, SignUpIsConfirmedByMailAndThenSignsIn) {
  EXPECT_EQ(sign_up("New@Example.com").status, 202);
  EXPECT_EQ(try_login(kNew, kPassword).code(), "email_not_verified");
  EXPECT_EQ(try_login(kNew, kOther).code(), "invalid_credentials");
  const std::string link = token(kNew, "confirm_email");
  EXPECT_EQ(verify(link).status, 200);
  EXPECT_TRUE(visitor_.cookies.find("sessionid") == visitor_.cookies.end()) << "no session by mail";
  EXPECT_EQ(verify(link).code(), "link_invalid") << "single use";
  Browser browser = signed_in(kNew, kPassword);
  EXPECT_THAT(browser.get("/api/account/").body, HasSubstr(R"("email_verified":true)"));
}

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
  EXPECT_EQ(service_.count("users"), 0);
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

TEST_F(AccountsTest, TheConfirmationIsMailedAgainAndOnlyTheNewestCounts) {
  sign_up(kNew);
  const std::string first = token(kNew, "confirm_email");
  const auto again = [this](const std::string& email) {
    return essence(visitor_.post("/api/email/verify/resend/", form({{"email", email}})));
  };
  EXPECT_EQ(again(kNew), again("nobody@example.com"));
  const std::string second = token(kNew, "confirm_email");
  EXPECT_NE(first, second);
  EXPECT_EQ(verify(first).code(), "link_invalid");
  EXPECT_EQ(verify(second).status, 200);
  EXPECT_EQ(try_login(kNew, kPassword).status, 200);
}

TEST_F(AccountsTest, ALoginBeforeTheConfirmationMailsItAgain) {
  sign_up(kNew);
  try_login(kNew, kOther);
  EXPECT_EQ(mails_to(service_, kNew, "confirm_email"), 1);
  try_login(kNew, kPassword);
  EXPECT_EQ(mails_to(service_, kNew, "confirm_email"), 2);
}

TEST_F(AccountsTest, LinksExpire) {
  sign_up(kNew);
  service_.add_user({.email = kAda, .password = kPassword});
  ask_reset(kAda);
  service_.clock.advance(std::chrono::minutes(61));
  EXPECT_EQ(reset(token(kAda, "reset_password"), kOther).code(), "link_invalid");
  service_.clock.advance(std::chrono::hours(23));
  EXPECT_EQ(verify(token(kNew, "confirm_email")).code(), "link_invalid");
}

TEST_F(AccountsTest, ALinkOfOnePurposeOpensNothingElse) {
  service_.add_user({.email = kAda, .password = kPassword});
  sign_up(kNew);
  ask_reset(kAda);
  EXPECT_EQ(verify(token(kAda, "reset_password")).code(), "link_invalid");
  EXPECT_EQ(reset(token(kNew, "confirm_email"), kOther).code(), "link_invalid");
  EXPECT_EQ(verify("").code(), "link_invalid");
  EXPECT_EQ(verify(std::string(43, 'A')).code(), "link_invalid");
  EXPECT_EQ(reset(token(kAda, "reset_password"), kOther).status, 200) << "still good";
}

TEST_F(AccountsTest, ResetSetsThePasswordAndEndsEverySession) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser thief = signed_in(kAda, kPassword);
  ask_reset(kAda);
  const std::string link = token(kAda, "reset_password");
  const Answer weak = reset(link, "password1");
  EXPECT_THAT(weak.body, HasSubstr(R"("errors":{"password":[)"));
  EXPECT_EQ(reset(link, kOther).status, 200) << "a refused password does not use the link up";
  EXPECT_EQ(reset(link, kPassword).code(), "link_invalid");
  EXPECT_EQ(thief.get("/api/account/").status, 403);
  EXPECT_EQ(try_login(kAda, kPassword).status, 400);
  EXPECT_EQ(try_login(kAda, kOther).status, 200);
  EXPECT_EQ(mails_to(service_, kAda, "password_changed"), 1);
}

TEST_F(AccountsTest, ResetAnswersTheSameForEveryAddress) {
  service_.add_user({.email = kAda, .password = kPassword});
  service_.add_user({.email = "social@example.com"});
  service_.add_user({.email = "gone@example.com", .password = kPassword, .disabled = true});
  const std::string known = essence(ask_reset(kAda));
  for (const char* other : {"nobody@example.com", "social@example.com", "gone@example.com"}) {
    const std::int64_t events = service_.count("audit_events");
    EXPECT_EQ(essence(ask_reset(other)), known) << other;
    EXPECT_EQ(service_.count("audit_events"), events + 1) << other;
  }
  EXPECT_EQ(mails_to(service_, "nobody@example.com", "reset_password"), 0);
  EXPECT_EQ(mails_to(service_, "gone@example.com", "reset_password"), 0);
  EXPECT_EQ(reset(token("social@example.com", "reset_password"), kOther).status, 200);
  EXPECT_EQ(try_login("social@example.com", kOther).status, 200) << "a first password";
}

TEST_F(AccountsTest, ResetIsOpenToALockedAccountAndUnlocksIt) {
  service_.add_user({.email = kAda, .password = kPassword});
  for (int i = 0; i < 5; ++i) try_login(kAda, "wrong");
  EXPECT_EQ(try_login(kAda, kPassword).status, 429);
  ask_reset(kAda);
  EXPECT_EQ(reset(token(kAda, "reset_password"), kOther).status, 200);
  EXPECT_EQ(try_login(kAda, kOther).status, 200);
}

TEST_F(AccountsTest, OneResetLinkSetsOnePasswordHoweverManyComeAtOnce) {
  service_.add_user({.email = kAda, .password = kPassword});
  ask_reset(kAda);
  const std::string link = token(kAda, "reset_password");
  std::atomic<int> won = 0;
  in_parallel(8, [&](int i) {
    Browser browser = service_.browser();
    const std::string password = "difference-engine-" + std::to_string(i);
    won += browser.post("/api/password/reset/confirm/",
                        form({{"token", link}, {"password", password}}))
                       .status == 200
               ? 1
               : 0;
  });
  EXPECT_EQ(won, 1);
}

TEST_F(AccountsTest, ChangeOfPasswordEndsOtherSessionsAndRenewsThisOne) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser browser = signed_in(kAda, kPassword);
  Browser thief = signed_in(kAda, kPassword);
  const std::string before = browser.cookies["sessionid"];
  const std::string csrf = browser.cookies["csrftoken"];
  const auto change = [&](const std::string& current, const std::string& next) {
    return browser.post("/api/password/change/",
                        form({{"current_password", current}, {"new_password", next}}));
  };
  EXPECT_THAT(change("wrong", kOther).body, HasSubstr(R"("errors":{"current_password":[)"));
  EXPECT_THAT(change("", kOther).body, HasSubstr(R"("errors":{"current_password":[)"));
  EXPECT_THAT(change(kPassword, "12345678").body, HasSubstr(R"("errors":{"new_password":[)"));
  EXPECT_EQ(change(kPassword, kOther).status, 200);
  EXPECT_NE(browser.cookies["sessionid"], before);
  EXPECT_NE(browser.cookies["csrftoken"], csrf);
  EXPECT_EQ(browser.get("/api/account/").status, 200);
  EXPECT_EQ(thief.get("/api/account/").status, 403);
  thief.cookies["sessionid"] = before;
  EXPECT_EQ(thief.get("/api/account/").status, 403);
  EXPECT_EQ(mails_to(service_, kAda, "password_changed"), 1);
  EXPECT_EQ(try_login(kAda, kOther).status, 200);
}

TEST_F(AccountsTest, GuessesAtTheCurrentPasswordCountAsFailedLogins) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser browser = signed_in(kAda, kPassword);
  for (int i = 0; i < 5; ++i) {
    browser.post("/api/reauthenticate/", form({{"password", "wrong"}}));
  }
  EXPECT_EQ(browser.post("/api/reauthenticate/", form({{"password", kPassword}})).status, 429);
}

TEST_F(AccountsTest, ChangeOfAddressNeedsARecentLoginAndTheNewAddress) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser browser = signed_in(kAda, kPassword);
  const auto change = [&](const std::string& email) {
    return browser.post("/api/email/change/", form({{"email", email}}));
  };
  service_.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(change(kNew).code(), "reauthentication_required");
  EXPECT_EQ(browser.post("/api/reauthenticate/", form({{"password", "wrong"}})).status, 400);
  EXPECT_EQ(browser.post("/api/reauthenticate/", form({{"password", kPassword}})).status, 200);
  EXPECT_EQ(change(kNew).status, 200);
  EXPECT_EQ(browser.get("/api/account/").text("email"), kAda) << "until the link is used";
  EXPECT_EQ(verify(token(kNew, "change_email")).status, 200);
  EXPECT_EQ(browser.get("/api/account/").text("email"), kNew);
  EXPECT_EQ(mails_to(service_, kAda, "email_changed"), 1);
  EXPECT_EQ(try_login(kNew, kPassword).status, 200);
}

TEST_F(AccountsTest, ATakenAddressIsToldAtTheLinkOnly) {
  service_.add_user({.email = kAda, .password = kPassword});
  service_.add_user({.email = "taken@example.com"});
  Browser browser = signed_in(kAda, kPassword);
  const Answer free = browser.post("/api/email/change/", form({{"email", kNew}}));
  const Answer taken = browser.post("/api/email/change/", form({{"email", "taken@example.com"}}));
  EXPECT_EQ(essence(free), essence(taken));
  EXPECT_EQ(verify(token(kNew, "change_email")).code(), "link_invalid") << "only the newest counts";
  EXPECT_EQ(verify(token("taken@example.com", "change_email")).code(), "email_in_use");
}

TEST_F(AccountsTest, TwoAccountsCannotTakeOneAddressAtOnce) {
  std::vector<std::string> links;
  for (const char* email : {"one@example.com", "two@example.com"}) {
    service_.add_user({.email = email, .password = kPassword});
    Browser browser = signed_in(email, kPassword);
    browser.post("/api/email/change/", form({{"email", kNew}}));
    links.push_back(token(kNew, "change_email"));
  }
  ASSERT_NE(links[0], links[1]);
  std::atomic<int> won = 0;
  std::atomic<int> refused = 0;
  in_parallel(2, [&](int i) {
    Browser browser = service_.browser();
    const Answer answer =
        browser.post("/api/email/verify/", form({{"token", links[static_cast<std::size_t>(i)]}}));
    won += answer.status == 200 ? 1 : 0;
    refused += answer.code() == "email_in_use" ? 1 : 0;
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 1);
}

// m = 8 MiB, t = 1: an earlier cost.
constexpr const char* kOldHash =
    "$argon2id$v=19$m=8192,t=1,p=1$zDBYFq3E8lk2JchaQ2fDTw$kw+NSpJMMsUV/"
    "OpcMV84R+xwJu1O+Y84f4pOqDoOHlo";

TEST_F(AccountsTest, AnOldHashIsReplacedAtTheLoginThatProvesIt) {
  const sql::UserId id = service_.add_user({.email = kAda});
  const auto connection = service_.database();
  ASSERT_TRUE(sql::users::set_password_hash(*connection, id, kOldHash));
  EXPECT_EQ(try_login(kAda, kOther).status, 400);
  EXPECT_EQ((*sql::users::find_by_id(*connection, id))->password_hash, kOldHash);
  EXPECT_EQ(try_login(kAda, kPassword).status, 200);
  EXPECT_THAT((*sql::users::find_by_id(*connection, id))->password_hash.value_or(""),
              HasSubstr("$m=19456,t=2,p=1$"));
  EXPECT_EQ(try_login(kAda, kPassword).status, 200);
  // A change of password at the same time has won already.
  EXPECT_FALSE(*sql::users::replace_password_hash(*connection, id, kOldHash, "$other"));
}

TEST_F(AccountsTest, ReauthenticationThroughAProvider) {
  service_.add_user({.email = kAda});
  service_.approve_as("ada");
  Browser browser = service_.browser();
  ASSERT_EQ(latchkey::test::sign_in(browser, "github").status, 303);
  service_.clock.advance(std::chrono::minutes(6));
  const std::string change = form({{"email", kNew}});
  EXPECT_EQ(browser.post("/api/email/change/", change).code(), "reauthentication_required");
  const auto again = [&] {
    const Answer begun = browser.get("/auth/github/login?intent=reauthenticate&next=/account");
    EXPECT_THAT(begun.location(), HasSubstr("prompt=select_account"));
    return browser.get(browser.get(begun.location()).location());
  };
  const Answer returned = again();
  EXPECT_EQ(returned.status, 303);
  EXPECT_EQ(returned.location(), "/account");
  EXPECT_EQ(browser.post("/api/email/change/", change).status, 200);
  service_.approve_as("grace");
  EXPECT_EQ(again().status, 403) << "somebody else's identity";
  EXPECT_EQ(service_.count("users"), 1);
}

TEST_F(AccountsTest, ReauthenticationNeedsTheSessionThatBeganIt) {
  EXPECT_EQ(visitor_.get("/auth/github/login?intent=reauthenticate").status, 403);
  EXPECT_EQ(visitor_.get("/auth/github/login?intent=become_admin").status, 400);
  service_.add_user({.email = kAda});
  service_.approve_as("ada");
  Browser browser = service_.browser();
  ASSERT_EQ(latchkey::test::sign_in(browser, "github").status, 303);
  const Answer begun = browser.get("/auth/github/login?intent=reauthenticate");
  const Answer approved = browser.get(begun.location());
  browser.cookies.erase("sessionid");
  EXPECT_EQ(browser.get(approved.location()).status, 400);
  EXPECT_TRUE(browser.cookies.find("sessionid") == browser.cookies.end()) << "signs nobody in";
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
