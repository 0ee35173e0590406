#include "broker/person_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::broker {
namespace {

std::string repeated(const char* character, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += character;
  return text;
}

TEST(PersonName, HasUpToAHundredAndFiftyCharactersWhateverTheirBytes) {
  for (const char* character : {"x", "é", "愛", "😀"}) {
    EXPECT_FALSE(name_fault(repeated(character, 150))) << character;
    EXPECT_EQ(name_fault(repeated(character, 151)), "The name has more than 150 characters.")
        << character;
  }
  EXPECT_FALSE(name_fault(""));
}

TEST(PersonName, IsOneLineOfText) {
  using std::string_literals::operator""s;
  for (const std::string& bad : {"Ada\nLovelace"s, "Ada\tLovelace"s, "Ada\r"s, "Ada\0"s, "\xff"s}) {
    EXPECT_EQ(name_fault(bad), "This holds characters that are not text.");
  }
}

}  // namespace
}  // namespace latchkey::broker
