// Pending sign-ins under attack and in races (SECURITY rules 2, 12 and 14).
#include <atomic>

#include "tests/integration/pending/pending_test.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

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

}  // namespace
}  // namespace latchkey::test
