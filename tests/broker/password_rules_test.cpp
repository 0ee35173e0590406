#include "broker/password_rules.h"

#include <gtest/gtest.h>

#include "broker/data/common_passwords.h"

namespace latchkey::broker {
namespace {

constexpr config::Accounts kEight{.password_min_length = 8};
constexpr const char* kEmail = "ada.lovelace@example.com";

TEST(PasswordRules, LeastLengthIsThatOfTheConfiguration) {
  EXPECT_EQ(password_fault("2d7b9k4", kEight, kEmail), "The password has fewer than 8 characters.");
  EXPECT_EQ(password_fault("2d7b9k4x", kEight, kEmail), std::nullopt);
  EXPECT_EQ(password_fault("2d7b9k4x", {.password_min_length = 9}, kEmail),
            "The password has fewer than 9 characters.");
}

TEST(PasswordRules, LengthIsThatOfCharactersNotOfBytes) {
  EXPECT_NE(password_fault("éèêë", kEight, kEmail), std::nullopt);
  EXPECT_EQ(password_fault("éèêëéèêë", kEight, kEmail), std::nullopt);
  EXPECT_NE(password_fault("🔑🔑🔑🔑🔑🔑🔑", kEight, kEmail), std::nullopt);
  EXPECT_EQ(password_fault("🔑🔑🔑🔑🔑🔑🔑🔑", kEight, kEmail), std::nullopt);
}

TEST(PasswordRules, StrayContinuationBytesAddNothing) {
  EXPECT_NE(password_fault("2d7b9k4\x80\x80\x80", kEight, kEmail), std::nullopt);
}

TEST(PasswordRules, LengthEndsWhereTheHasherDoes) {
  EXPECT_EQ(password_fault(std::string(1024, 'a'), kEight, kEmail), std::nullopt);
  EXPECT_EQ(password_fault(std::string(1025, 'a'), kEight, kEmail),
            "The password has more than 1024 bytes.");
}

TEST(PasswordRules, TheAddressIsNoPassword) {
  EXPECT_NE(password_fault("ADA.lovelace@example.COM", kEight, kEmail), std::nullopt);
  EXPECT_NE(password_fault("Ada.Lovelace", kEight, kEmail), std::nullopt);
  EXPECT_EQ(password_fault("ada.lovelace.1815", kEight, kEmail), std::nullopt);
}

TEST(PasswordRules, WhatIsGuessedFirstIsRefusedInAnyCase) {
  for (const char* common : {"12345678", "password1", "PassWord1", "iloveyou", "qwertyuiop"}) {
    EXPECT_EQ(password_fault(common, kEight, kEmail),
              "This is one of the passwords that are guessed first.")
        << common;
  }
}

// Every line is found, the first and the last too, so the list is sorted as the search expects.
TEST(PasswordRules, EveryEntryOfTheListIsFoundAndNothingBetween) {
  std::string_view lines = common_passwords();
  int entries = 0;
  while (!lines.empty()) {
    const std::string entry(lines.substr(0, lines.find('\n')));
    ASSERT_TRUE(is_common_password(entry)) << entry;
    ASSERT_FALSE(is_common_password(entry + "\x01")) << entry;
    lines.remove_prefix(entry.size() + 1);
    ++entries;
  }
  EXPECT_EQ(entries, 19'727);
  EXPECT_FALSE(is_common_password(""));
  EXPECT_FALSE(is_common_password("\n"));
  EXPECT_FALSE(is_common_password("\xff"));
}

}  // namespace
}  // namespace latchkey::broker
