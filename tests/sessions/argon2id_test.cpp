#include "sessions/argon2id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

namespace latchkey::sessions {
namespace {

using testing::StartsWith;

// The reference implementation's own test vectors (phc-winner-argon2, src/test.c).
constexpr std::string_view kOneLane =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
constexpr std::string_view kTwoLanes =
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc";

std::string with_cost(std::string_view cost) {
  return "$argon2id$v=19$" + std::string(cost) + "$" +
         "c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
}

class Argon2id : public testing::Test {
 protected:
  void SetUp() override { ASSERT_GE(sodium_init(), 0); }
};

TEST_F(Argon2id, HashesAtTheCostOfTheDesign) {
  const auto encoded = argon2id_hash("correct horse");
  ASSERT_TRUE(encoded);
  EXPECT_THAT(*encoded, StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
  EXPECT_EQ(argon2id_verify("correct horse", *encoded).match, Match::yes);
  EXPECT_EQ(argon2id_verify("correct horsf", *encoded).match, Match::no);
  EXPECT_NE(*encoded, argon2id_hash("correct horse")) << "without a salt of its own";
}

TEST_F(Argon2id, AllBytesOfAPasswordCount) {
  const std::string with_nul("a\0b", 3);
  const auto encoded = argon2id_hash(with_nul);
  ASSERT_TRUE(encoded);
  EXPECT_EQ(argon2id_verify(with_nul, *encoded).match, Match::yes);
  EXPECT_EQ(argon2id_verify("a", *encoded).match, Match::no);
}

TEST_F(Argon2id, VerifiesTheReferenceVectors) {
  EXPECT_EQ(argon2id_verify("password", kOneLane).match, Match::yes);
  EXPECT_EQ(argon2id_verify("password", kTwoLanes).match, Match::yes);
  EXPECT_EQ(argon2id_verify("Password", kTwoLanes).match, Match::no);
}

TEST_F(Argon2id, ReadsTheCosts) {
  EXPECT_EQ(argon2id_cost(kTwoLanes), (Argon2idCost{.memory_kib = 256, .passes = 2, .lanes = 2}));
  // What Django writes.
  EXPECT_TRUE(argon2id_cost(with_cost("m=102400,t=2,p=8")));
}

TEST_F(Argon2id, StoredHashWithHugeCostsIsNeverComputed) {
  for (const char* cost :
       {"m=1048576,t=1,p=1", "m=262145,t=1,p=1", "m=256,t=17,p=1", "m=256,t=4294967295,p=1",
        "m=256,t=2,p=17", "m=262144,t=5,p=1", "m=4294967295,t=4294967295,p=16777215",
        "m=99999999999999999999,t=2,p=1"}) {
    EXPECT_EQ(argon2id_cost(with_cost(cost)), std::nullopt) << cost;
    const Verification verification = argon2id_verify("password", with_cost(cost));
    EXPECT_EQ(verification.match, Match::not_understood) << cost;
    EXPECT_EQ(verification.work, 0U) << cost;
  }
}

// libsodium would refuse these at once, and the time would tell that the account exists.
TEST_F(Argon2id, StoredHashThatCannotBeComputedIsNotUnderstood) {
  for (const char* cost : {"m=0,t=2,p=1", "m=7,t=2,p=1", "m=15,t=2,p=2", "m=256,t=0,p=1",
                           "m=256,t=2,p=0", "m=0256,t=2,p=1", "m=256,t=2", "m=,t=2,p=1",
                           "m=-256,t=2,p=1", "m=256,t=2,p=1,x=1", "t=2,m=256,p=1"}) {
    EXPECT_EQ(argon2id_cost(with_cost(cost)), std::nullopt) << cost;
  }
}

TEST_F(Argon2id, MalformedHashesAreNotUnderstood) {
  const std::string good(kOneLane);
  const std::size_t salt = good.find("c29t");
  for (const std::string& bad :
       {std::string(), std::string("$argon2id$"), good.substr(0, salt),
        good.substr(0, salt) + "c29tZXNhbHQ",          // no hash
        good.substr(0, salt) + "c29tZXNhbHQ$",         // an empty one
        good.substr(0, salt) + "c29tZXNhbHQ$nf65EOg",  // a short one
        good.substr(0, salt) + "c29t" + good.substr(good.rfind('$')), good + "=", good + "\n",
        good + std::string(1, '\0'), "$argon2i$" + good.substr(10), good + std::string(600, 'A')}) {
    EXPECT_EQ(argon2id_cost(bad), std::nullopt) << bad;
    EXPECT_EQ(argon2id_verify("password", bad).match, Match::not_understood) << bad;
  }
}

}  // namespace
}  // namespace latchkey::sessions
