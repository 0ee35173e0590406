// The five attacks of "Pre-hijacked User Accounts" (Sudhodanan and Paverd, USENIX Security 2022):
// an attacker makes something with the victim's address before the victim comes, and must be left
// with nothing once the victim has proven the address (SECURITY rule 13). With optional
// verification, because only there the attacker gets a session at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/identities.h"
#include "tests/integration/mail_slot.h"

namespace latchkey::test {
namespace {

constexpr const char* kVictim = "ada@example.com";
constexpr const char* kAttackers = "analytical-engine";
constexpr const char* kVictims = "difference-engine";

class PreHijackingTest : public testing::Test {
 protected:
  PreHijackingTest()
      : service_([](config::Config& config) {
          configure_mail(config);
          config.limits.mail_interval = std::chrono::seconds(0);
          config.accounts.email_verification = config::EmailVerification::optional;
        }) {}

  Answer sign_up(Browser& browser, const std::string& password) {
    return browser.post("/api/signup/", form({{"email", kVictim}, {"password", password}}));
  }
  // The attacker signs up with the victim's address and enters.
  void hijack() {
    EXPECT_EQ(sign_up(attacker_, kAttackers).status, 202);
    EXPECT_EQ(log_in(attacker_, kVictim, kAttackers).status, 200);
  }
  // The victim signs up and follows the newest link.
  void arrive() {
    EXPECT_EQ(sign_up(victim_, kVictims).status, 202);
    EXPECT_EQ(verify(mailed_token(service_, kVictim, "confirm_email")).status, 200);
    EXPECT_EQ(log_in(victim_, kVictim, kVictims).status, 200);
  }
  // Or the victim takes the account back by its mail.
  void recover() {
    victim_.post("/api/password/reset/", form({{"email", kVictim}}));
    const std::string token = mailed_token(service_, kVictim, "reset_password");
    EXPECT_EQ(
        victim_
            .post("/api/password/reset/confirm/", form({{"token", token}, {"password", kVictims}}))
            .status,
        200);
  }
  Answer verify(const std::string& token) {
    return service_.browser().post("/api/email/verify/", form({{"token", token}}));
  }
  void expect_attacker_out() {
    EXPECT_EQ(attacker_.get("/api/account/").status, 403);
    Browser browser = service_.browser();
    EXPECT_EQ(log_in(browser, kVictim, kAttackers).status, 400);
  }

  Service service_;
  Browser attacker_ = service_.browser();
  Browser victim_ = service_.browser();
};

TEST_F(PreHijackingTest, ClassicFederatedMergeLeavesNoPassword) {
  hijack();
  service_.approve_as("ada");
  EXPECT_EQ(sign_in(victim_, "github").status, 303);
  EXPECT_EQ(victim_.get("/api/account/").text("email"), kVictim);
  expect_attacker_out();
}

TEST_F(PreHijackingTest, UnexpiredSessionEndsWithTheVictimsProof) {
  hijack();
  arrive();
  expect_attacker_out();
}

TEST_F(PreHijackingTest, UnexpiredSessionEndsWithAReset) {
  hijack();
  recover();
  expect_attacker_out();
  EXPECT_EQ(log_in(victim_, kVictim, kVictims).status, 200);
}

TEST_F(PreHijackingTest, TrojanIdentifierIsDropped) {
  hijack();
  const auto connection = service_.database();
  static constexpr sql::Statement kLink = {
      "test_trojan",
      "INSERT INTO identities (user_id, provider, subject, linked_at)"
      " SELECT id, 'github', 'of the attacker', now() FROM users WHERE email = $1"};
  ASSERT_TRUE(connection->execute(kLink, sql::Parameters().text(kVictim)));
  arrive();
  EXPECT_EQ(service_.count("identities"), 0);
  expect_attacker_out();
}

TEST_F(PreHijackingTest, UnexpiredEmailChangeIsDropped) {
  hijack();
  attacker_.post("/api/email/change/", form({{"email", "mallory@example.com"}}));
  const std::string waiting = mailed_token(service_, "mallory@example.com", "change_email");
  ASSERT_NE(waiting, "");
  recover();
  EXPECT_EQ(verify(waiting).code(), "link_invalid");
  EXPECT_EQ(log_in(victim_, kVictim, kVictims).status, 200);
}

TEST_F(PreHijackingTest, NonVerifyingProviderGetsNoAccountOfTheVictim) {
  service_.approve_as("ada");
  EXPECT_EQ(sign_in(attacker_, "facebook").location(), "/auth/pending");
  EXPECT_EQ(service_.count("identities"), 0);
  arrive();
  EXPECT_EQ(sign_in(attacker_, "facebook").location(), "/auth/pending");
  EXPECT_EQ(attacker_.get("/api/account/").status, 403);
}

// The attacker's reminder must not put the first password in the place of the victim's.
TEST_F(PreHijackingTest, ARemailedLinkBringsTheNewestSignUpsPassword) {
  hijack();
  sign_up(victim_, kVictims);
  attacker_.post("/api/email/verify/resend/", "{}");
  EXPECT_EQ(verify(mailed_token(service_, kVictim, "confirm_email")).status, 200);
  expect_attacker_out();
  EXPECT_EQ(log_in(victim_, kVictim, kVictims).status, 200);
}

// Who holds a session of the account and reads its mail keeps both.
TEST_F(PreHijackingTest, TheOwnersOwnSessionSurvivesTheProof) {
  sign_up(victim_, kVictims);
  EXPECT_EQ(log_in(victim_, kVictim, kVictims).status, 200);
  const std::string token = mailed_token(service_, kVictim, "confirm_email");
  EXPECT_EQ(victim_.post("/api/email/verify/", form({{"token", token}})).status, 200);
  EXPECT_EQ(victim_.get("/api/account/").status, 200);
}

}  // namespace
}  // namespace latchkey::test
