#include "base/characters.h"

#include <string>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Characters, AreCountedAndNotTheirBytes) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("Ada"), 3U);
  EXPECT_EQ(count_characters("Zoë 愛 😀"), 7U);
}

TEST(Characters, BytesThatAreNoUtf8MakeNothingLonger) {
  EXPECT_EQ(count_characters("\x80\xbf\xff"), 1U);
}

TEST(Characters, AreCutBetweenAndNeverInTheMiddle) {
  EXPECT_EQ(first_characters("Ada", 3), "Ada");
  EXPECT_EQ(first_characters("Ada", 2), "Ad");
  EXPECT_EQ(first_characters("Zoë", 2), "Zo");
  EXPECT_EQ(first_characters("愛愛愛", 2), "愛愛");
  EXPECT_EQ(first_characters("愛", 0), "");
}

}  // namespace
}  // namespace latchkey
