#include "sql/account_proofs.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/sql/times.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using std::chrono::hours;
using test::in_parallel;
using test::must;

std::string hash(char c) { return std::string(32, c); }

class AccountProofsTest : public testing::Test {
 protected:
  AccountProofsTest()
      : user_(must(users::insert(*connection_, {.email = "a@example.com",
                                                .email_verified_at = {},
                                                .password_hash = {},
                                                .name = {},
                                                .avatar_url = {},
                                                .created_at = kNow}))
                  .id) {}
  void put(char c, ProofPurpose purpose, const std::optional<std::string>& password = {}) {
    must(account_proofs::put(*connection_, hash(c),
                             {.user_id = user_,
                              .purpose = purpose,
                              .email = "b@example.com",
                              .password_hash = password,
                              .name = "Ada\x01",
                              .next = "/app?a=1",
                              .device = "Firefox on Linux",
                              .ip = "192.0.2.1",
                              .created_at = kNow,
                              .expires_at = kNow + hours(24)}));
  }
  std::optional<AccountProof> find(char c, TimePoint now = kNow) {
    return must(account_proofs::find(*connection_, hash(c), now));
  }

  test::TestDatabase database_;
  std::unique_ptr<Connection> connection_ = database_.connect();
  UserId user_;
};

TEST_F(AccountProofsTest, KeepsWhatItProves) {
  put('a', ProofPurpose::confirm_email, "$hash");
  const auto proof = find('a');
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->user_id, user_);
  EXPECT_EQ(proof->purpose, ProofPurpose::confirm_email);
  EXPECT_EQ(proof->email, "b@example.com");
  EXPECT_EQ(proof->password_hash, "$hash");
  EXPECT_EQ(proof->name, "Ada?");
  EXPECT_EQ(proof->next, "/app?a=1");
  EXPECT_EQ(proof->device, "Firefox on Linux");
  EXPECT_EQ(proof->ip, "192.0.2.1");
  EXPECT_EQ(proof->created_at, kNow);
  EXPECT_EQ(proof->expires_at, kNow + hours(24));
}

TEST_F(AccountProofsTest, OnlyTheNewestOfAPurposeCounts) {
  put('a', ProofPurpose::reset_password);
  put('c', ProofPurpose::change_email);
  put('b', ProofPurpose::reset_password);
  EXPECT_FALSE(find('a'));
  EXPECT_TRUE(find('b'));
  EXPECT_TRUE(find('c')) << "of another purpose";
}

TEST_F(AccountProofsTest, ExpiresToTheMicrosecond) {
  put('a', ProofPurpose::reset_password);
  EXPECT_TRUE(find('a', kNow + hours(24) - std::chrono::microseconds(1)));
  EXPECT_FALSE(find('a', kNow + hours(24)));
  EXPECT_FALSE(must(account_proofs::consume(*connection_, hash('a'), kNow + hours(24))));
  EXPECT_EQ(must(account_proofs::sweep(*connection_, kNow + hours(24), 10)), 1);
}

TEST_F(AccountProofsTest, TwentyParallelUsesHaveOneWinner) {
  put('a', ProofPurpose::reset_password);
  std::atomic<int> won = 0;
  in_parallel(20, [&](int) {
    const auto connection = database_.connect();
    won += must(account_proofs::consume(*connection, hash('a'), kNow)) ? 1 : 0;
  });
  EXPECT_EQ(won, 1);
}

TEST_F(AccountProofsTest, APasswordIsForgottenAndTheLinkStays) {
  put('a', ProofPurpose::confirm_email, "$hash");
  must(account_proofs::forget_password(*connection_, user_));
  ASSERT_TRUE(find('a'));
  EXPECT_EQ(find('a')->password_hash, std::nullopt);
}

TEST_F(AccountProofsTest, OnlyASignUpBringsAPassword) {
  const auto put = account_proofs::put(*connection_, hash('a'),
                                       {.user_id = user_,
                                        .purpose = ProofPurpose::change_email,
                                        .email = "b@example.com",
                                        .password_hash = "$hash",
                                        .name = {},
                                        .next = {},
                                        .device = {},
                                        .ip = {},
                                        .created_at = kNow,
                                        .expires_at = kNow + hours(1)});
  EXPECT_FALSE(put);
}

TEST_F(AccountProofsTest, ASignUpOutlivesItsLink) {
  put('a', ProofPurpose::confirm_email, "$hash");
  put('b', ProofPurpose::reset_password);
  const TimePoint later = kNow + hours(24);
  EXPECT_FALSE(find('a', later)) << "the link is over";
  EXPECT_EQ(must(account_proofs::sweep(*connection_, later, 10)), 1);
  const auto sign_up = must(account_proofs::find_sign_up(*connection_, user_));
  ASSERT_TRUE(sign_up);
  EXPECT_EQ(sign_up->password_hash, "$hash");
}

TEST_F(AccountProofsTest, AllButTheSignUpGo) {
  put('a', ProofPurpose::confirm_email);
  put('b', ProofPurpose::change_email);
  put('c', ProofPurpose::reset_password);
  must(account_proofs::remove_all_but_sign_up(*connection_, user_));
  EXPECT_TRUE(find('a'));
  EXPECT_FALSE(find('b'));
  EXPECT_FALSE(find('c'));
}

TEST_F(AccountProofsTest, AllOfAUserGoAtOnce) {
  put('a', ProofPurpose::confirm_email);
  put('b', ProofPurpose::change_email);
  must(account_proofs::remove_all_of_user(*connection_, user_));
  EXPECT_FALSE(must(account_proofs::find_sign_up(*connection_, user_)));
  EXPECT_FALSE(find('a'));
  EXPECT_FALSE(find('b'));
}

}  // namespace
}  // namespace latchkey::sql
