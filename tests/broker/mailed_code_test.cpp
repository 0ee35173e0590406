#include "broker/mailed_code.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_random.h"

namespace latchkey::broker {
namespace {

class MailedCodesTest : public testing::Test {
 protected:
  const Secret old_key_{"the key before of more than 32 bytes"};
  const Secret key_{"the key of today of more than 32 bytes"};
  test::FakeRandom random_;
  MailedCodes codes_{Keyring(key_, {old_key_}), "sign-in", random_};
};

TEST_F(MailedCodesTest, AreSixCharactersWithoutLookAlikes) {
  std::set<std::string> drawn;
  for (int i = 0; i < 1000; ++i) {
    const std::string code = codes_.draw();
    EXPECT_THAT(code, testing::MatchesRegex("[2-9A-HJKMNP-TV-Z]{6}"));
    drawn.insert(code);
  }
  EXPECT_EQ(drawn.size(), 1000U);
}

TEST_F(MailedCodesTest, EveryCharacterComesUp) {
  std::set<char> seen;
  for (int i = 0; i < 1000; ++i) {
    for (const char c : codes_.draw()) seen.insert(c);
  }
  EXPECT_EQ(seen.size(), 30U);
}

TEST_F(MailedCodesTest, MatchAsAPersonTypesThem) {
  const std::string mac = codes_.mac("7 ada@example.com", "ABC234");
  for (const char* typed : {"ABC234", "abc234", "ABC 234", "abc-234", " ABC234 "}) {
    EXPECT_TRUE(codes_.matches(mac, "7 ada@example.com", typed)) << typed;
  }
  for (const char* typed : {"", "ABC23", "ABC2345", "ABC235", "ABC234\n"}) {
    EXPECT_FALSE(codes_.matches(mac, "7 ada@example.com", typed)) << typed;
  }
}

TEST_F(MailedCodesTest, ProveOneThingOnly) {
  const std::string mac = codes_.mac("7 ada@example.com", "ABC234");
  EXPECT_FALSE(codes_.matches(mac, "8 ada@example.com", "ABC234"));
  EXPECT_FALSE(codes_.matches(mac, "7 eve@example.com", "ABC234"));
  const MailedCodes other(Keyring(key_, {}), "something else", random_);
  EXPECT_FALSE(other.matches(mac, "7 ada@example.com", "ABC234"));
}

TEST_F(MailedCodesTest, OutliveARotationOfTheKey) {
  const MailedCodes before(Keyring(old_key_, {}), "sign-in", random_);
  EXPECT_TRUE(codes_.matches(before.mac("x", "ABC234"), "x", "ABC234"));
}

}  // namespace
}  // namespace latchkey::broker
