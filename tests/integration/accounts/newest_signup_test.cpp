// Whose sign-up a confirmation brings, when several came with one address: the newest one's that
// was mailed, as its mail says, or none at all (SECURITY rule 13).
#include "tests/integration/accounts/accounts_test.h"

namespace latchkey::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOwnersIp = "192.0.2.10";
constexpr const char* kStrangersIp = "198.51.100.66";
constexpr const char* kFirefox =
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
constexpr const char* kCurl = "curl/8.0";

class NewestSignUp : public AccountsTest {
 protected:
  explicit NewestSignUp(const Service::Adjust& adjust = {})
      : AccountsTest([&adjust](config::Config& config) {
          config.server.trusted_proxies = {"127.0.0.1"};
          config.limits.mail_interval = std::chrono::minutes(3);
          if (adjust) adjust(config);
        }) {}

  void wait_for_the_next_mail() { service_.clock.advance(std::chrono::minutes(3)); }
  Answer confirm_newest() { return verify(token(kNew, "confirm_email")); }
};

TEST_F(NewestSignUp, TheMailSaysWhereTheSignUpCameFrom) {
  sign_up_from(kOwnersIp, kFirefox, kNew, kPassword);
  EXPECT_THAT(mail_text(service_, kNew, "confirm_email"),
              AllOf(HasSubstr("\nDevice: Firefox on Linux\nIP address: 192.0.2.10\n"),
                    testing::ContainsRegex("\nWhen: 20[0-9]{2}-[0-9]{2}-[0-9]{2} ")));
}

// While a mail is held back, the link that its owner has may not bring what it does not tell of.
TEST_F(NewestSignUp, OneThatIsHeldBackFromAnotherAddressLeavesNoPassword) {
  sign_up_from(kStrangersIp, kCurl, kNew, kOther);
  EXPECT_EQ(sign_up_from(kOwnersIp, kFirefox, kNew, kPassword).status, 202);
  EXPECT_EQ(mails_to(service_, kNew, "confirm_email"), 1);
  const Answer confirmed = confirm_newest();
  EXPECT_EQ(confirmed.status, 200);
  EXPECT_THAT(confirmed.text("detail"), HasSubstr("choose a password"));
  EXPECT_EQ(try_login(kNew, kOther).status, 400);
  EXPECT_EQ(try_login(kNew, kPassword).status, 400);
}

TEST_F(NewestSignUp, OneThatIsHeldBackFromAnotherDeviceAtTheSameAddressLeavesNoPassword) {
  sign_up_from(kOwnersIp, kCurl, kNew, kOther);
  sign_up_from(kOwnersIp, kFirefox, kNew, kPassword);
  confirm_newest();
  EXPECT_EQ(try_login(kNew, kOther).status, 400);
}

TEST_F(NewestSignUp, AFormThatWasSentTwiceKeepsItsPassword) {
  sign_up_from(kOwnersIp, kFirefox, kNew, kPassword);
  sign_up_from(kOwnersIp, kFirefox, kNew, kPassword);
  confirm_newest();
  EXPECT_EQ(try_login(kNew, kPassword).status, 200);
}

// Else the owner would take a stranger's sign-up for their own.
TEST_F(NewestSignUp, MailedAgainItTellsOfTheSignUpAndNotOfWhoAsked) {
  sign_up_from(kStrangersIp, kCurl, kNew, kOther);
  wait_for_the_next_mail();
  EXPECT_EQ(service_.browser()
                .post("/api/email/verify/resend/", form({{"email", kNew}}),
                      {{"X-Forwarded-For", kOwnersIp}, {"User-Agent", kFirefox}})
                .status,
            200);
  EXPECT_EQ(mails_to(service_, kNew, "confirm_email"), 2);
  EXPECT_THAT(mail_text(service_, kNew, "confirm_email"),
              AllOf(HasSubstr(kStrangersIp), Not(HasSubstr(kOwnersIp)), Not(HasSubstr("Firefox"))));
}

// The account still has the first password; a link that has expired must not bring it back.
TEST_F(NewestSignUp, ItCountsAfterItsLinkHasExpired) {
  sign_up_from(kStrangersIp, kCurl, kNew, kOther);
  wait_for_the_next_mail();
  sign_up_from(kOwnersIp, kFirefox, kNew, kPassword);
  service_.clock.advance(std::chrono::hours(25));
  // The stranger's password is the account's, so their login has the link mailed again.
  EXPECT_EQ(try_login(kNew, kOther).code(), "email_not_verified");
  EXPECT_EQ(mails_to(service_, kNew, "confirm_email"), 3);
  EXPECT_EQ(confirm_newest().status, 200);
  EXPECT_EQ(try_login(kNew, kOther).status, 400);
  EXPECT_EQ(try_login(kNew, kPassword).status, 200);
}

class NewestSignUpWithSession : public NewestSignUp {
 protected:
  NewestSignUpWithSession()
      : NewestSignUp([](config::Config& config) {
          config.accounts.email_verification = config::EmailVerification::optional;
        }) {}
};

// The stranger's session changes the account's password and has the link mailed again.
TEST_F(NewestSignUpWithSession, AChangeOfPasswordTakesNoSignUpsPlace) {
  sign_up_from(kStrangersIp, kCurl, kNew, kOther);
  Browser stranger = signed_in(kNew, kOther);
  wait_for_the_next_mail();
  sign_up_from(kOwnersIp, kFirefox, kNew, kPassword);
  const std::string chosen = "the-strangers-next-one";
  EXPECT_EQ(stranger
                .post("/api/password/change/",
                      form({{"current_password", kOther}, {"new_password", chosen}}))
                .status,
            200);
  wait_for_the_next_mail();
  EXPECT_EQ(stranger.post("/api/email/verify/resend/", "{}").status, 200);
  EXPECT_EQ(mails_to(service_, kNew, "confirm_email"), 3);
  EXPECT_THAT(mail_text(service_, kNew, "confirm_email"), HasSubstr(kOwnersIp));
  EXPECT_THAT(confirm_newest().text("detail"), HasSubstr("choose a password"));
  for (const std::string& password : {std::string(kOther), chosen}) {
    EXPECT_EQ(try_login(kNew, password).status, 400);
  }
  EXPECT_EQ(stranger.get("/api/account/").status, 403);
}

}  // namespace
}  // namespace latchkey::test
