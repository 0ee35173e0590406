// What may end a pending sign-in: a mailed code, or the password of the account (DESIGN sections 5
// and 6; SECURITY rules 1 and 13).
#include "tests/integration/pending/pending_test.h"

namespace latchkey::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(PendingProofsTest, NewcomerWithoutEmailProvesOneAndIsSignedIn) {
  begin(browser_, "margaret", "facebook");
  EXPECT_EQ(ask(browser_).code(), "validation_failed") << "there is no address to send it to";
  EXPECT_EQ(ask(browser_, "not an address").code(), "validation_failed");
  const Answer asked = ask(browser_, "Margaret@Example.net");
  EXPECT_EQ(asked.status, 200) << asked.body;
  EXPECT_THAT(asked.body,
              AllOf(HasSubstr(R"("code_sent_to":"margaret@example.net")"),
                    HasSubstr(R"("code_expires_in":600)"), HasSubstr(R"("code_tries_left":5)")));

  const Answer done = confirm(browser_, code_for("margaret@example.net"));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.text("detail"), "success");
  EXPECT_EQ(done.text("next"), "/app");
  EXPECT_THAT(done.body, AllOf(HasSubstr(R"("email":"margaret@example.net")"),
                               HasSubstr(R"("email_verified":true)")));
  EXPECT_THAT(done.set_cookie("sessionid"), HasSubstr("HttpOnly"));
  EXPECT_THAT(done.set_cookie("latchkey_pending"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(browser_.get("/api/account/").status, 200);
  EXPECT_EQ(service_.count("pending_sign_ins"), 0);
  EXPECT_THAT(reasons("user.create"),
              testing::ElementsAre("created: a mailed code proves an address that is new here"));

  Browser again = service_.browser();
  EXPECT_EQ(sign_in(again, "facebook").status, 303) << "from now on the button leads in";
  EXPECT_EQ(again.get("/api/account/").status, 200);
}

TEST_F(PendingProofsTest, UnverifiedAddressOfTheProviderIsUsedAndMayBeChanged) {
  begin(browser_, "linus", "github");
  EXPECT_EQ(ask(browser_).status, 200);
  EXPECT_NE(code_for("linus@example.com"), "");
  wait_for_the_next_code();
  EXPECT_EQ(ask(browser_, "other@example.com").status, 200);
  EXPECT_EQ(confirm(browser_, code_for("linus@example.com")).code(), "code_invalid")
      << "only the newest code counts";
  EXPECT_EQ(confirm(browser_, code_for("other@example.com")).status, 200);
  EXPECT_EQ(browser_.get("/api/account/").text("email"), "other@example.com");
}

TEST_F(PendingProofsTest, ACodeLinksToTheVerifiedAccountWithThatAddressAndTellsItsOwner) {
  const auto id = service_.add_user({.email = "linus@example.com", .password = kPassword});
  begin(browser_, "linus", "github");
  ask(browser_);
  const Answer done = confirm(browser_, code_for("linus@example.com"));
  EXPECT_THAT(done.body, HasSubstr("\"id\":" + std::to_string(id)));
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(service_.count("identities"), 1);
  EXPECT_EQ(mails_to(service_, "linus@example.com", "identity_linked"), 1);
  EXPECT_THAT(reasons("identity.link"),
              testing::ElementsAre("linked: a mailed code proves the verified address of the "
                                   "account"));
}

TEST_F(PendingProofsTest, ExistingAccountLinksByItsPassword) {
  service_.add_user({.email = "ada@example.com", .password = kPassword});
  begin(browser_, "alan", "google");
  EXPECT_THAT(browser_.get("/api/social/pending/").body,
              AllOf(HasSubstr(R"("reason":"account_exists")"),
                    HasSubstr(R"("methods":["email","password"])")));
  EXPECT_EQ(confirm_password(browser_, "wrong").code(), "invalid_credentials");
  EXPECT_EQ(service_.count("identities"), 0);
  EXPECT_EQ(confirm_password(browser_, kPassword).status, 200);
  EXPECT_EQ(browser_.get("/api/account/").text("email"), "ada@example.com");
  EXPECT_EQ(service_.count("identities"), 1);
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(mails_to(service_, "ada@example.com", "identity_linked"), 1);
  EXPECT_THAT(reasons("identity.link"),
              testing::ElementsAre("linked: the password of the account is right"));
}

TEST_F(PendingProofsTest, ExistingAccountLinksByACodeToItsOwnAddressOnly) {
  service_.add_user({.email = "ada@example.com", .password = kPassword});
  begin(browser_, "alan", "google");
  const Answer refused = ask(browser_, "alan@evil.example");
  EXPECT_EQ(refused.code(), "validation_failed");
  EXPECT_THAT(refused.body, HasSubstr(R"("errors":{"email":)"));
  EXPECT_EQ(code_for("alan@evil.example"), "");
  EXPECT_EQ(ask(browser_, "ADA@example.com").status, 200);
  EXPECT_EQ(confirm(browser_, code_for("ada@example.com")).status, 200);
  EXPECT_EQ(service_.count("users"), 1);
}

TEST_F(PendingProofsTest, PasswordGuessesCountInTheLimitsOfLogins) {
  service_.add_user({.email = "ada@example.com", .password = kPassword});
  begin(browser_, "alan", "google");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(confirm_password(browser_, "wrong").code(), "invalid_credentials");
  }
  const Answer locked = confirm_password(browser_, kPassword);
  EXPECT_EQ(locked.status, 429);
  EXPECT_NE(locked.header("Retry-After"), "");
  Browser login = service_.browser();
  EXPECT_EQ(log_in(login, "ada@example.com", kPassword).status, 429);
}

TEST_F(PendingProofsTest, APasswordProvesNothingButAnAccountThatExists) {
  service_.add_user({.email = "linus@example.com", .password = kPassword});
  begin(browser_, "linus", "github");
  EXPECT_EQ(confirm_password(browser_, kPassword).code(), "validation_failed");
  EXPECT_EQ(service_.count("identities"), 0);
}

TEST_F(PendingProofsTest, PasswordOfAnUnverifiedAccountProvesNothingOfItsAddress) {
  Service open([](config::Config& config) {
    configure_mail(config);
    config.accounts.email_verification = config::EmailVerification::optional;
  });
  open.add_user({.email = "ada@example.com", .password = kPassword, .verified = false});
  open.approve_as("alan");
  Browser browser = open.browser();
  EXPECT_EQ(sign_in(browser, "google").status, 303);
  EXPECT_EQ(confirm_password(browser, kPassword).code(), "email_not_verified");
  EXPECT_EQ(open.count("identities"), 0);
  EXPECT_EQ(ask(browser).status, 200) << "the mailed code is still open to them";
}

TEST_F(PendingProofsTest, PreHijackedAccountIsClaimedByTheCode) {
  Service open([](config::Config& config) {
    configure_mail(config);
    config.accounts.email_verification = config::EmailVerification::optional;
  });
  open.add_user({.email = "linus@example.com", .password = "hijackers-own", .verified = false});
  Browser hijacker = open.browser();
  ASSERT_EQ(log_in(hijacker, "linus@example.com", "hijackers-own").status, 200);

  open.approve_as("linus");
  Browser owner = open.browser();
  sign_in(owner, "github");
  ask(owner);
  EXPECT_EQ(confirm(owner, mailed_code(open, "linus@example.com")).status, 200);
  EXPECT_THAT(owner.get("/api/account/").body, HasSubstr(R"("has_password":false)"));
  EXPECT_EQ(hijacker.get("/api/account/").status, 403);
  EXPECT_EQ(log_in(hijacker, "linus@example.com", "hijackers-own").status, 400);
  EXPECT_EQ(open.count("users"), 1);
}

TEST_F(PendingProofsTest, UnverifiedStaffAccountIsNotClaimedByACode) {
  service_.add_user({.email = "linus@example.com", .verified = false, .staff = true});
  begin(browser_, "linus", "github");
  ask(browser_);
  EXPECT_EQ(confirm(browser_, code_for("linus@example.com")).code(), "email_not_verified");
  EXPECT_EQ(service_.count("identities"), 0);
  EXPECT_EQ(service_.count("sessions"), 0);
}

TEST_F(PendingProofsTest, DisabledAccountIsToldOnlyAfterTheProof) {
  service_.add_user({.email = "gone@example.com", .disabled = true});
  begin(browser_, "margaret", "facebook");
  EXPECT_EQ(ask(browser_, "gone@example.com").status, 200);
  const std::string code = code_for("gone@example.com");
  EXPECT_EQ(confirm(browser_, another(code)).code(), "code_invalid");
  EXPECT_EQ(confirm(browser_, code).code(), "account_disabled");
  EXPECT_EQ(service_.count("identities"), 0);
}

TEST_F(PendingProofsTest, ClosedSignupRefusesANewAddressOnlyAfterTheProof) {
  Service closed([](config::Config& config) {
    configure_mail(config);
    config.accounts.signup = false;
  });
  closed.approve_as("margaret");
  Browser browser = closed.browser();
  sign_in(browser, "facebook");
  EXPECT_EQ(ask(browser, "margaret@example.net").status, 200);
  EXPECT_EQ(confirm(browser, mailed_code(closed, "margaret@example.net")).code(),
            "signup_disabled");
  EXPECT_EQ(closed.count("users"), 0);
}

TEST_F(PendingProofsTest, AskingForACodeTellsNothingOfTheAddress) {
  service_.add_user({.email = "known@example.com", .password = kPassword});
  service_.add_user({.email = "social@example.com"});
  service_.add_user({.email = "gone@example.com", .disabled = true});
  service_.add_user({.email = "fresh@example.com", .verified = false});
  std::vector<std::string> answers;
  for (const std::string name : {"known", "social", "gone", "fresh", "nobody"}) {
    Browser browser = service_.browser();
    begin(browser, "margaret", "facebook");
    const std::string address = name + "@example.com";
    std::string body = ask(browser, address).body;
    body.replace(body.find(address), address.size(), "<address>");
    body.erase(body.find(R"("expires_in")"), std::string(R"("expires_in":1800)").size());
    answers.push_back(body);
    EXPECT_EQ(mails_to(service_, address, "sign_in_code"), 1);
  }
  EXPECT_THAT(answers, testing::Each(answers.front()));
}

TEST_F(PendingProofsTest, ThePreviousSessionOfTheBrowserEnds) {
  service_.add_user({.email = "ada@example.com", .password = kPassword});
  log_in(browser_, "ada@example.com", kPassword);
  const std::string before = browser_.cookies.at("sessionid");
  begin(browser_, "linus", "github");
  ask(browser_);
  EXPECT_EQ(confirm(browser_, code_for("linus@example.com")).status, 200);
  Browser thief = service_.browser();
  thief.cookies["sessionid"] = before;
  EXPECT_EQ(thief.get("/api/account/").status, 403);
}

}  // namespace
}  // namespace latchkey::test
