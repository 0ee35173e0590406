#include "sessions/password_hasher.h"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sessions/argon2id.h"
#include "sessions/password_encodings.h"
#include "tests/support/gate.h"
#include "tests/support/must.h"

namespace latchkey::sessions {
namespace {

using testing::StartsWith;

// Well-formed, of the password "password", and cheap.
constexpr std::string_view kCheap =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

class Hasher : public testing::Test {
 protected:
  // What verifying `encoded` costs.
  std::uint64_t cost_of(std::string_view encoded) {
    const std::uint64_t before = hasher_.work_done();
    EXPECT_FALSE(test::must(hasher_.verify(Secret("a wrong password"), encoded))) << encoded;
    return hasher_.work_done() - before;
  }

  PasswordHasher hasher_{{.threads = 1}};
};

TEST_F(Hasher, HashesAndVerifies) {
  const std::string encoded = test::must(hasher_.hash(Secret("correct horse")));
  EXPECT_THAT(encoded, StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_TRUE(test::must(hasher_.verify(Secret("correct horse"), encoded)));
  EXPECT_FALSE(test::must(hasher_.verify(Secret("correct Horse"), encoded)));
}

TEST_F(Hasher, VerifiesOlderCostsAndAsksForARehash) {
  EXPECT_TRUE(test::must(hasher_.verify(Secret("password"), kCheap)));
  EXPECT_TRUE(PasswordHasher::needs_rehash(kCheap));
  EXPECT_TRUE(PasswordHasher::needs_rehash(""));
  EXPECT_FALSE(PasswordHasher::needs_rehash(test::must(hasher_.hash(Secret("password")))));
}

TEST_F(Hasher, OneMegabytePasswordIsRefusedBeforeHashing) {
  const Secret huge(std::string(1 << 20, 'x'));
  const auto hashed = hasher_.hash(huge);
  ASSERT_FALSE(hashed);
  EXPECT_EQ(hashed.error().code, ErrorCode::validation_failed);
  EXPECT_FALSE(test::must(hasher_.verify(huge, kCheap)));
  EXPECT_FALSE(test::must(hasher_.verify(huge, ""))) << "an unknown user is told something else";
  EXPECT_EQ(hasher_.work_done(), 0U);
}

TEST_F(Hasher, LongestPasswordIsHashedWhole) {
  const std::string longest(PasswordHasher::kMaxPasswordBytes, 'x');
  const std::string encoded = test::must(hasher_.hash(Secret(longest)));
  EXPECT_TRUE(test::must(hasher_.verify(Secret(longest), encoded)));
  EXPECT_FALSE(test::must(hasher_.verify(Secret(longest.substr(1)), encoded)));
  EXPECT_FALSE(hasher_.hash(Secret(longest + "x")));
}

TEST_F(Hasher, UnknownUserCostsTheSameWork) {
  const std::string known = test::must(hasher_.hash(Secret("correct horse")));
  const std::uint64_t work = cost_of(known);
  EXPECT_EQ(work, 19456U * 2);
  EXPECT_EQ(cost_of(""), work) << "no such user, or no password";
  EXPECT_EQ(cost_of("!unusable"), work);
  EXPECT_EQ(cost_of("$argon2id$v=19$m=256,t=2,p=1$short"), work);
  EXPECT_EQ(cost_of("$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu"
                    "9U1bMCHGi/4"),
            work)
      << "too costly to compute";
}

TEST_F(Hasher, DummyHashIsLikeThoseOfUsers) {
  EXPECT_FALSE(PasswordHasher::needs_rehash(dummy_encoded()));
  EXPECT_EQ(dummy_encoded().size(), test::must(hasher_.hash(Secret("x"))).size());
}

TEST_F(Hasher, EmptyStoredHashIsNotTheEmptyPassword) {
  EXPECT_FALSE(test::must(hasher_.verify(Secret(""), "")));
}

TEST(HasherQueue, FullHashQueueAnswersBusy) {
  test::Gate gate;
  HashWorkers workers({.threads = 1, .queue = 0});
  PasswordHasher hasher(workers);
  auto flood = std::async(std::launch::async, [&] { return workers.run([&] { gate.pass(); }); });
  gate.wait_for_arrivals(1);

  const auto hashed = hasher.hash(Secret("correct horse"));
  ASSERT_FALSE(hashed);
  EXPECT_EQ(hashed.error().code, ErrorCode::server_busy);
  const auto verified = hasher.verify(Secret("correct horse"), kCheap);
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::server_busy);
  EXPECT_EQ(hasher.work_done(), 0U);

  gate.open();
  EXPECT_TRUE(flood.get());
  EXPECT_TRUE(test::must(hasher.verify(Secret("password"), kCheap)));
}

}  // namespace
}  // namespace latchkey::sessions
