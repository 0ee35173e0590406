// The links that prove the address of a sign-up (DESIGN section 10; SECURITY rules 12 and 13).
#include "tests/integration/accounts/accounts_test.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

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

// Else whoever reads the mail of a mistyped address would confirm it, reset the password and rule.
TEST_F(AccountsTest, NobodyBecomesStaffByAMail) {
  service_.add_user({.email = kAda, .password = kPassword, .verified = false, .staff = true});
  visitor_.post("/api/email/verify/resend/", form({{"email", kAda}}));
  EXPECT_EQ(try_login(kAda, kPassword).code(), "email_not_verified");
  sign_up(kAda, kOther);
  ask_reset(kAda);
  EXPECT_EQ(mails_to(service_, kAda, "confirm_email"), 0);
  EXPECT_EQ(mails_to(service_, kAda, "reset_password"), 0);
  // Nor by a link from before.
  sign_up(kNew);
  static constexpr sql::Statement kPromote = {"test_promote",
                                              "UPDATE users SET is_staff = true WHERE email = $1"};
  ASSERT_TRUE(service_.database()->execute(kPromote, sql::Parameters().text(kNew)));
  EXPECT_EQ(verify(token(kNew, "confirm_email")).code(), "link_invalid");
  EXPECT_EQ(try_login(kNew, kPassword).code(), "email_not_verified");
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

}  // namespace
}  // namespace latchkey::test
