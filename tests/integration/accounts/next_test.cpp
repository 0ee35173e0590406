// Where people land after a mailed link: where they wanted to go when they asked for it, if that is
// ours (SECURITY rule 10).
#include "tests/integration/accounts/accounts_test.h"

namespace latchkey::test {
namespace {

class NextTest : public AccountsTest {
 protected:
  NextTest()
      : AccountsTest([](config::Config& config) {
          config.spa.origins = {"https://app.example.com"};
          config.spa.default_next = "/start";
        }) {}

  void sign_up_for(const std::string& email, const std::string& next) {
    EXPECT_EQ(
        visitor_
            .post("/api/signup/", form({{"email", email}, {"password", kPassword}, {"next", next}}))
            .status,
        202);
  }
  std::string next_of_sign_up(const std::string& email) {
    const Answer answer = verify(token(email, "confirm_email"));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.text("next");
  }
};

TEST_F(NextTest, AConfirmationLeadsWhereTheSignUpWanted) {
  sign_up_for(kNew, "/app?plan=pro#top");
  EXPECT_EQ(next_of_sign_up(kNew), "/app?plan=pro#top");
  sign_up_for(kAda, "https://app.example.com/welcome");
  EXPECT_EQ(next_of_sign_up(kAda), "https://app.example.com/welcome");
}

TEST_F(NextTest, ALinkThatIsMailedAgainKeepsIt) {
  sign_up_for(kNew, "/app");
  visitor_.post("/api/email/verify/resend/", form({{"email", kNew}, {"next", "/elsewhere"}}));
  EXPECT_EQ(mails_to(service_, kNew, "confirm_email"), 2);
  EXPECT_EQ(next_of_sign_up(kNew), "/app");
}

TEST_F(NextTest, AResetLeadsWhereItWasAskedFor) {
  service_.add_user({.email = kAda, .password = kPassword});
  visitor_.post("/api/password/reset/", form({{"email", kAda}, {"next", "/app"}}));
  EXPECT_EQ(reset(token(kAda, "reset_password"), kOther).text("next"), "/app");
  ask_reset(kAda);
  EXPECT_EQ(reset(token(kAda, "reset_password"), kPassword).text("next"), "/start");
}

TEST_F(NextTest, WithoutOneOrWithoutALinkItIsTheDefault) {
  sign_up(kNew);
  EXPECT_EQ(next_of_sign_up(kNew), "/start");
  service_.add_user({.email = kAda, .password = kPassword});
  Browser browser = signed_in(kAda, kPassword);
  browser.post("/api/email/change/", form({{"email", "other@example.com"}}));
  EXPECT_EQ(verify(token("other@example.com", "change_email")).text("next"), "/start");
}

TEST_F(NextTest, NobodyIsSentToAForeignPlace) {
  int user = 0;
  for (const std::string& next :
       {std::string("https://evil.example/"), std::string("//evil.example"),
        std::string("/\\evil.example"), std::string("/%2fevil.example"),
        std::string("javascript:alert(1)"), std::string("/a\r\nSet-Cookie: x=1"),
        std::string("https://app.example.com@evil.example/"), '/' + std::string(2048, 'x')}) {
    const std::string email = "user" + std::to_string(++user) + "@example.com";
    sign_up_for(email, next);
    EXPECT_EQ(next_of_sign_up(email), "/start") << next;
  }
  const Answer odd = visitor_.post("/api/signup/", R"({"email":"odd@example.com","password":")" +
                                                       std::string(kPassword) + R"(","next":[1]})");
  EXPECT_EQ(odd.status, 202);
  EXPECT_EQ(next_of_sign_up("odd@example.com"), "/start");
}

// As after a change of spa.origins, or by somebody who can write to the database.
TEST_F(NextTest, WhatIsStoredIsCheckedAgain) {
  sign_up_for(kNew, "/app");
  static constexpr sql::Statement kSet = {"test_set_next", "UPDATE account_proofs SET next = $1"};
  ASSERT_TRUE(service_.database()->execute(
      kSet, sql::Parameters().text("https://no-longer-ours.example.com/")));
  EXPECT_EQ(next_of_sign_up(kNew), "/start");
}

}  // namespace
}  // namespace latchkey::test
