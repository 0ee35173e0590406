// The mailed code of a pending sign-in: its tries, its time, and whose it is (DESIGN section 10).
#include <cctype>

#include "tests/integration/pending/pending_test.h"

namespace latchkey::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(PendingProofsTest, TheCodeMayBeTypedInLowerCaseWithASpace) {
  begin(browser_, "margaret", "facebook");
  ask(browser_, "margaret@example.net");
  std::string code = code_for("margaret@example.net");
  for (char& c : code) c = static_cast<char>(std::tolower(c));
  EXPECT_EQ(confirm(browser_, code.substr(0, 3) + " " + code.substr(3)).status, 200);
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

class PendingProofsWithoutMail : public testing::Test {
 protected:
  // The answer of the callback to a script, with the browser left pending.
  Answer begin(const std::string& person, const std::string& provider) {
    service_.approve_as(person);
    const auto url = Url::parse(callback_url_of(browser_, provider));
    return browser_.get("/api/social/" + provider + "/?" + url->query);
  }

  Service service_;
  Browser browser_ = service_.browser();
};

TEST_F(PendingProofsWithoutMail, NoMethodIsOfferedThatCannotBeUsed) {
  service_.add_user({.email = "ada@example.com", .password = kPassword});
  for (const auto& [person, provider, methods] :
       {std::tuple("margaret", "facebook", R"("reason":"email_missing","methods":[])"),
        std::tuple("linus", "github", R"("reason":"email_unverified","methods":[])"),
        std::tuple("alan", "google", R"("reason":"account_exists","methods":["password"])")}) {
    const Answer answer = begin(person, provider);
    EXPECT_EQ(answer.status, 202);
    EXPECT_THAT(answer.body, HasSubstr(methods));
    EXPECT_THAT(browser_.get("/api/social/pending/").body, HasSubstr(methods));
  }
}

TEST_F(PendingProofsWithoutMail, AskingForACodeSaysThatMailIsNotSetUp) {
  begin("margaret", "facebook");
  for (const char* body : {"", R"({"email":"margaret@example.net"})"}) {
    const Answer answer = browser_.post("/api/social/pending/email/", body);
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "mail_not_configured");
    EXPECT_EQ(answer.header("Retry-After"), "") << "waiting does not help";
  }
  EXPECT_EQ(service_.count("pending_sign_ins"), 1) << "still there, should mail be set up";
}

TEST_F(PendingProofsWithoutMail, AnAccountThatExistsIsLinkedByItsPassword) {
  service_.add_user({.email = "ada@example.com", .password = kPassword});
  begin("alan", "google");
  const Answer done = browser_.post("/api/social/pending/confirm/", member("password", kPassword));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(service_.count("identities"), 1);
}

}  // namespace
}  // namespace latchkey::test
