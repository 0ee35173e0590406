// Pending sign-ins and what may end them (DESIGN sections 5, 6 and 10; SECURITY rules 1, 2, 13 and
// 14).
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/users.h"
#include "tests/integration/mail_slot.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kPassword = "analytical-engine";

std::string member(const std::string& name, const std::string& value) {
  JsonWriter json;
  json.begin_object().field(name, value).end_object();
  return json.text();
}

// A code that is certainly not this one.
std::string another(std::string code) {
  code.front() = code.front() == 'A' ? 'B' : 'A';
  return code;
}

class PendingProofsTest : public testing::Test {
 protected:
  // Leaves the browser with a pending sign-in.
  void begin(Browser& browser, const std::string& person, const std::string& provider) {
    service_.approve_as(person);
    const auto url = Url::parse(callback_url_of(browser, provider, "/app"));
    const Answer answer = browser.get("/api/social/" + provider + "/?" + url->query);
    ASSERT_EQ(answer.status, 202) << answer.body;
  }
  Answer ask(Browser& browser, const std::string& email = "") {
    return browser.post("/api/social/pending/email/", email.empty() ? "" : member("email", email));
  }
  Answer confirm(Browser& browser, const std::string& code) {
    return browser.post("/api/social/pending/confirm/", member("code", code));
  }
  Answer confirm_password(Browser& browser, const std::string& password) {
    return browser.post("/api/social/pending/confirm/", member("password", password));
  }
  [[nodiscard]] std::string code_for(const std::string& recipient) const {
    return mailed_code(service_, recipient);
  }
  // The reasons of the audit events with that action.
  [[nodiscard]] std::vector<std::string> reasons(const std::string& action) const {
    static constexpr sql::Statement kReasons = {
        "test_reasons", "SELECT reason FROM audit_events WHERE action = $1 ORDER BY id"};
    const auto connection = service_.database();
    return connection->execute(kReasons, sql::Parameters().text(action))
        ->all([](const sql::Row& row) { return row.text(0); });
  }
  void wait_for_the_next_code() { service_.clock.advance(std::chrono::minutes(3)); }

  Service service_{configure_mail};
  Browser browser_ = service_.browser();
};

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

TEST_F(PendingProofsTest, TheCodeMayBeTypedInLowerCaseWithASpace) {
  begin(browser_, "margaret", "facebook");
  ask(browser_, "margaret@example.net");
  std::string code = code_for("margaret@example.net");
  for (char& c : code) c = static_cast<char>(std::tolower(c));
  EXPECT_EQ(confirm(browser_, code.substr(0, 3) + " " + code.substr(3)).status, 200);
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

TEST_F(PendingProofsTest, WithoutThePendingCookieThereIsNothing) {
  begin(browser_, "linus", "github");
  ask(browser_);
  const std::string code = code_for("linus@example.com");
  Browser stranger = service_.browser();
  EXPECT_EQ(stranger.get("/api/social/pending/").code(), "no_pending_sign_in");
  EXPECT_EQ(ask(stranger).code(), "no_pending_sign_in");
  EXPECT_EQ(confirm(stranger, code).code(), "no_pending_sign_in");
  EXPECT_EQ(confirm_password(stranger, kPassword).code(), "no_pending_sign_in");
  stranger.cookies["latchkey_pending"] = "made-up";
  EXPECT_EQ(confirm(stranger, code).code(), "no_pending_sign_in");
  EXPECT_EQ(service_.count("sessions"), 0);
}

TEST_F(PendingProofsTest, ACodeOfOnePendingSignInIsNoneOfAnother) {
  begin(browser_, "linus", "github");
  ask(browser_, "linus@example.com");
  const std::string code = code_for("linus@example.com");
  Browser other = service_.browser();
  begin(other, "margaret", "facebook");
  EXPECT_EQ(confirm(other, code).code(), "code_expired") << "it has no code of its own yet";
  ask(other, "margaret@example.net");
  EXPECT_EQ(confirm(other, code).code(), "code_invalid");
  EXPECT_EQ(confirm(browser_, code).status, 200);
}

TEST_F(PendingProofsTest, FiveWrongTriesKillTheCodeAndANewOneWorks) {
  begin(browser_, "linus", "github");
  ask(browser_);
  const std::string code = code_for("linus@example.com");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(confirm(browser_, another(code)).code(), "code_invalid");
  EXPECT_EQ(confirm(browser_, code).code(), "code_expired") << "even the right one";
  EXPECT_THAT(browser_.get("/api/social/pending/").body, HasSubstr(R"("code_tries_left":0)"));
  EXPECT_EQ(service_.count("sessions"), 0);
  wait_for_the_next_code();
  EXPECT_EQ(ask(browser_).status, 200);
  EXPECT_EQ(confirm(browser_, code_for("linus@example.com")).status, 200);
}

TEST_F(PendingProofsTest, TwentyGuessesAtOnceAreStillFive) {
  begin(browser_, "linus", "github");
  ask(browser_);
  const std::string code = code_for("linus@example.com");
  std::atomic<int> judged = 0;
  in_parallel(20, [&](int) {
    Browser copy = browser_;
    if (confirm(copy, another(code)).code() == "code_invalid") ++judged;
  });
  EXPECT_EQ(judged, 5);
  EXPECT_EQ(confirm(browser_, code).code(), "code_expired");
}

TEST_F(PendingProofsTest, TheCodeEndsAfterTenMinutesAndThePendingSignInAfterThirty) {
  begin(browser_, "linus", "github");
  ask(browser_);
  service_.clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(confirm(browser_, code_for("linus@example.com")).code(), "code_expired");
  service_.clock.advance(std::chrono::minutes(20));
  EXPECT_EQ(browser_.get("/api/social/pending/").code(), "no_pending_sign_in");
  EXPECT_EQ(ask(browser_).code(), "no_pending_sign_in");
}

TEST_F(PendingProofsTest, ANewCodeAtMostEveryThreeMinutes) {
  begin(browser_, "linus", "github");
  EXPECT_EQ(ask(browser_).status, 200);
  const Answer soon = ask(browser_);
  EXPECT_EQ(soon.status, 429);
  EXPECT_EQ(soon.code(), "rate_limited");
  EXPECT_THAT(std::stoi(soon.header("Retry-After")), AllOf(testing::Gt(170), testing::Le(180)));
  EXPECT_EQ(ask(browser_, "other@example.com").status, 429) << "whatever the address";
  EXPECT_EQ(mails_to(service_, "linus@example.com", "sign_in_code"), 1);
  wait_for_the_next_code();
  EXPECT_EQ(ask(browser_).status, 200);
}

TEST_F(PendingProofsTest, OneRecipientGetsOneCodeHoweverManyAsk) {
  begin(browser_, "linus", "github");
  ask(browser_, "victim@example.com");
  Browser other = service_.browser();
  begin(other, "margaret", "facebook");
  EXPECT_EQ(ask(other, "victim@example.com").status, 429);
  EXPECT_EQ(mails_to(service_, "victim@example.com", "sign_in_code"), 1);
  EXPECT_EQ(confirm(other, code_for("victim@example.com")).code(), "code_expired")
      << "what was held back is no code";
}

TEST_F(PendingProofsTest, AReloadGoesOnWhereItWas) {
  begin(browser_, "margaret", "facebook");
  EXPECT_THAT(browser_.get("/api/social/pending/").body,
              AllOf(HasSubstr(R"("email":null)"), HasSubstr(R"("code_sent_to":null)"),
                    HasSubstr(R"("code_expires_in":0)"), HasSubstr(R"("resend_in":0)")));
  ask(browser_, "margaret@example.net");
  EXPECT_THAT(browser_.get("/api/social/pending/").body,
              AllOf(HasSubstr(R"("code_sent_to":"margaret@example.net")"),
                    testing::Not(HasSubstr(R"("code_expires_in":0)")),
                    testing::Not(HasSubstr(R"("resend_in":0)"))));
}

TEST_F(PendingProofsTest, AConfirmationIsNotRepeated) {
  begin(browser_, "linus", "github");
  ask(browser_);
  const std::string code = code_for("linus@example.com");
  const std::string pending = browser_.cookies.at("latchkey_pending");
  EXPECT_EQ(confirm(browser_, code).status, 200);
  Browser thief = service_.browser();
  thief.cookies["latchkey_pending"] = pending;
  EXPECT_EQ(confirm(thief, code).code(), "no_pending_sign_in");
  EXPECT_EQ(service_.count("sessions"), 1);
}

TEST_F(PendingProofsTest, FourConfirmationsAtOnceHaveOneWinner) {
  begin(browser_, "linus", "github");
  ask(browser_);
  const std::string code = code_for("linus@example.com");
  std::atomic<int> won = 0;
  std::atomic<int> late = 0;
  in_parallel(4, [&](int) {
    Browser copy = browser_;
    const Answer answer = confirm(copy, code);
    if (answer.status == 200) ++won;
    if (answer.code() == "no_pending_sign_in") ++late;
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(late, 3);
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(service_.count("identities"), 1);
  EXPECT_EQ(service_.count("sessions"), 1);
}

// The same person in two browsers, and both prove the same new address.
TEST_F(PendingProofsTest, TwoPendingSignInsOfOneIdentityMakeOneUser) {
  begin(browser_, "linus", "github");
  ask(browser_, "linus@example.com");
  Browser other = service_.browser();
  begin(other, "linus", "github");
  ask(other, "linus.two@example.com");
  const std::string first = code_for("linus@example.com");
  const std::string second = code_for("linus.two@example.com");
  std::atomic<int> won = 0;
  in_parallel(2, [&](int i) {
    Browser copy = i == 0 ? browser_ : other;
    if (confirm(copy, i == 0 ? first : second).status == 200) ++won;
  });
  EXPECT_EQ(won, 2) << "the later one finds the identity known";
  EXPECT_EQ(service_.count("identities"), 1);
  EXPECT_EQ(service_.count("users"), 1);
  EXPECT_EQ(service_.count("sessions"), 2);
}

TEST_F(PendingProofsTest, AForeignPageCannotConfirm) {
  begin(browser_, "linus", "github");
  ask(browser_);
  const std::string body = member("code", code_for("linus@example.com"));
  EXPECT_EQ(
      browser_.post("/api/social/pending/confirm/", body, {{"Origin", "https://evil.example"}})
          .code(),
      "origin_not_allowed");
  EXPECT_EQ(
      browser_.post("/api/social/pending/confirm/", body, {{"Content-Type", "text/plain"}}).code(),
      "unsupported_media_type");
}

TEST_F(PendingProofsTest, OneProofAtATime) {
  begin(browser_, "linus", "github");
  for (const char* body : {"{}", R"({"code":"ABC234","password":"x"})", R"({"code":7})"}) {
    EXPECT_EQ(browser_.post("/api/social/pending/confirm/", body).code(), "validation_failed");
  }
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

TEST(PendingProofsWithoutMail, AskingForACodeSaysThatMailIsNotSetUp) {
  Service service;
  service.approve_as("linus");
  Browser browser = service.browser();
  sign_in(browser, "github");
  const Answer answer = browser.post("/api/social/pending/email/", "");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "mail_not_configured");
}

}  // namespace
}  // namespace latchkey::test
