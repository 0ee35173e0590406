#include "base/random.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

// Hands out 0, 1, 2, … 255, 0, …
class CountingRandom final : public Random {
 public:
  void fill(std::span<unsigned char> out) override {
    for (unsigned char& byte : out) byte = next_++;
  }

 private:
  unsigned char next_ = 0;
};

TEST(Random, SystemRandomFillsEveryByte) {
  SystemRandom random;
  // 64 draws leave a byte zero in all of them once in 2^512.
  std::string seen(32, '\0');
  for (int i = 0; i < 64; ++i) {
    const std::string drawn = random_bytes(random, seen.size());
    ASSERT_EQ(drawn.size(), seen.size());
    std::transform(seen.begin(), seen.end(), drawn.begin(), seen.begin(),
                   [](char a, char b) { return static_cast<char>(a | b); });
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), '\0'), 0);
}

TEST(Random, TokensDoNotRepeat) {
  SystemRandom random;
  std::set<std::string> tokens;
  for (int i = 0; i < 1000; ++i) tokens.insert(random_token(random));
  EXPECT_EQ(tokens.size(), 1000U);
}

TEST(Random, TokensAreUnpaddedBase64Url) {
  CountingRandom random;
  EXPECT_EQ(random_token(random, 4), "AAECAw");
  EXPECT_EQ(random_token(random).size(), 43U);
}

TEST(Random, AlphanumericLettersAreUnbiased) {
  CountingRandom random;
  // One whole round of bytes: 248 characters, each of the 62 exactly four times.
  const std::string text = random_alphanumeric(random, 248);
  ASSERT_EQ(text.size(), 248U);
  for (const char c : text) {
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)));
    EXPECT_EQ(std::count(text.begin(), text.end(), c), 4) << c;
  }
}

TEST(Random, AlphanumericHasTheLengthAskedFor) {
  SystemRandom random;
  EXPECT_EQ(random_alphanumeric(random, 0), "");
  EXPECT_EQ(random_alphanumeric(random, 1).size(), 1U);
  EXPECT_EQ(random_alphanumeric(random, 65).size(), 65U);
}

}  // namespace
}  // namespace latchkey
