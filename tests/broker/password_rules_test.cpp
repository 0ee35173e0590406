#include "broker/password_rules.h"

#include <gtest/gtest.h>

namespace latchkey::broker {
namespace {

constexpr config::Accounts kEight{.password_min_length = 8};

TEST(PasswordRules, LeastLengthIsThatOfTheConfiguration) {
  EXPECT_EQ(password_fault("1234567", kEight), "The password has fewer than 8 characters.");
  EXPECT_EQ(password_fault("12345678", kEight), std::nullopt);
  EXPECT_EQ(password_fault("12345678", {.password_min_length = 9}),
            "The password has fewer than 9 characters.");
}

TEST(PasswordRules, LengthIsThatOfCharactersNotOfBytes) {
  EXPECT_NE(password_fault("éèêë", kEight), std::nullopt);
  EXPECT_EQ(password_fault("éèêëéèêë", kEight), std::nullopt);
  EXPECT_NE(password_fault("🔑🔑🔑🔑🔑🔑🔑", kEight), std::nullopt);
  EXPECT_EQ(password_fault("🔑🔑🔑🔑🔑🔑🔑🔑", kEight), std::nullopt);
}

TEST(PasswordRules, StrayContinuationBytesAddNothing) {
  EXPECT_NE(password_fault("1234567\x80\x80\x80", kEight), std::nullopt);
}

TEST(PasswordRules, LengthEndsWhereTheHasherDoes) {
  EXPECT_EQ(password_fault(std::string(1024, 'a'), kEight), std::nullopt);
  EXPECT_EQ(password_fault(std::string(1025, 'a'), kEight),
            "The password has more than 1024 bytes.");
}

}  // namespace
}  // namespace latchkey::broker
