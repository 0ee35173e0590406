// What an attacker has prepared around somebody's address goes with the account's first proof, by
// whichever way its owner comes (SECURITY rule 13): links, codes, pending sign-ins, and the mails
// that still wait to be sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/mail_slot.h"

namespace latchkey::test {
namespace {

constexpr const char* kVictim = "ada@example.com";
constexpr const char* kElsewhere = "mallory@example.com";
constexpr const char* kAttackers = "analytical-engine";
constexpr const char* kVictims = "difference-engine";

class UnprovenAccountTest : public testing::Test {
 protected:
  UnprovenAccountTest() {
    attacker_.post("/api/signup/",
                   form({{"email", kVictim}, {"password", kAttackers}, {"name", "Mallory"}}));
    EXPECT_EQ(log_in(attacker_, kVictim, kAttackers).status, 200);
    attacker_.post("/api/email/change/", form({{"email", kElsewhere}}));
    attacker_.post("/api/password/reset/", form({{"email", kVictim}}));
    // Two sign-ins that wait for a code to the victim's address: one came with it, one did not.
    begin_pending(with_address_, "ada");
    begin_pending(without_address_, "margaret");
    links_ = {mailed_token(service_, kVictim, "confirm_email"),
              mailed_token(service_, kElsewhere, "change_email"),
              mailed_token(service_, kVictim, "reset_password")};
    EXPECT_EQ(rows(kWaiting), 5);
    EXPECT_EQ(rows(kProofs), 3);
    EXPECT_EQ(service_.count("pending_sign_ins"), 2);
  }

  void begin_pending(Browser& browser, const std::string& person) {
    service_.approve_as(person);
    EXPECT_EQ(sign_in(browser, "facebook").location(), "/auth/pending");
    EXPECT_EQ(browser.post("/api/social/pending/email/", form({{"email", kVictim}})).status, 200);
  }
  std::int64_t rows(const sql::Statement& statement) {
    return (*service_.database()->execute(statement))[0].int64(0);
  }
  void expect_nothing_left() {
    EXPECT_EQ(rows(kWaiting), 0);
    EXPECT_EQ(rows(kProofs), 0);
    EXPECT_EQ(service_.count("pending_sign_ins"), 0);
    for (const std::string& link : links_) {
      EXPECT_EQ(service_.browser().post("/api/email/verify/", form({{"token", link}})).code(),
                "link_invalid");
      EXPECT_EQ(service_.browser()
                    .post("/api/password/reset/confirm/",
                          form({{"token", link}, {"password", kAttackers}}))
                    .code(),
                "link_invalid");
    }
    EXPECT_EQ(with_address_.get("/api/social/pending/").code(), "no_pending_sign_in");
    EXPECT_EQ(without_address_.get("/api/social/pending/").code(), "no_pending_sign_in");
    EXPECT_EQ(attacker_.get("/api/account/").status, 403);
    Browser again = service_.browser();
    EXPECT_EQ(log_in(again, kVictim, kAttackers).status, 400);
  }

  // Links and codes on their way; notices of what has happened are the owner's.
  static constexpr sql::Statement kWaiting = {
      "test_waiting",
      "SELECT count(*) FROM mails WHERE text_body IS NOT NULL AND kind IN"
      " ('confirm_email', 'change_email', 'reset_password', 'sign_in_code')"};
  static constexpr sql::Statement kProofs = {"test_proofs", "SELECT count(*) FROM account_proofs"};

  Service service_{[](config::Config& config) {
    configure_mail(config);
    config.limits.mail_interval = std::chrono::seconds(0);
    config.accounts.email_verification = config::EmailVerification::optional;
  }};
  Browser attacker_ = service_.browser();
  Browser with_address_ = service_.browser();
  Browser without_address_ = service_.browser();
  Browser victim_ = service_.browser();
  std::vector<std::string> links_;
};

TEST_F(UnprovenAccountTest, AClaimByTheProviderLeavesNothing) {
  service_.approve_as("ada");
  EXPECT_EQ(sign_in(victim_, "github").status, 303);
  expect_nothing_left();
  const Answer account = victim_.get("/api/account/");
  EXPECT_EQ(account.text("email"), kVictim);
  EXPECT_THAT(account.text("name"), testing::Not(testing::HasSubstr("Mallory")));
}

TEST_F(UnprovenAccountTest, AClaimByACodeLeavesNothing) {
  service_.approve_as("alan");
  EXPECT_EQ(sign_in(victim_, "google").location(), "/auth/pending");
  EXPECT_EQ(victim_.post("/api/social/pending/email/", "").status, 200);
  const std::string code = mailed_code(service_, kVictim);
  EXPECT_EQ(victim_.post("/api/social/pending/confirm/", form({{"code", code}})).status, 200);
  expect_nothing_left();
  const Answer account = victim_.get("/api/account/");
  EXPECT_EQ(account.text("email"), kVictim);
  EXPECT_THAT(account.text("name"), testing::Not(testing::HasSubstr("Mallory")));
}

TEST_F(UnprovenAccountTest, AConfirmedSignUpLeavesNothing) {
  victim_.post("/api/signup/", form({{"email", kVictim}, {"password", kVictims}}));
  const std::string link = mailed_token(service_, kVictim, "confirm_email");
  EXPECT_EQ(victim_.post("/api/email/verify/", form({{"token", link}})).status, 200);
  expect_nothing_left();
  EXPECT_EQ(log_in(victim_, kVictim, kVictims).status, 200);
  EXPECT_EQ(victim_.get("/api/account/").text("name"), "");
}

TEST_F(UnprovenAccountTest, AResetLeavesNothing) {
  victim_.post("/api/password/reset/", form({{"email", kVictim}}));
  const std::string link = mailed_token(service_, kVictim, "reset_password");
  EXPECT_EQ(
      victim_.post("/api/password/reset/confirm/", form({{"token", link}, {"password", kVictims}}))
          .status,
      200);
  expect_nothing_left();
  EXPECT_EQ(log_in(victim_, kVictim, kVictims).status, 200);
  EXPECT_EQ(victim_.get("/api/account/").text("name"), "");
}

}  // namespace
}  // namespace latchkey::test
