#include "sql/text.h"

#include <string>

#include <gtest/gtest.h>

namespace latchkey::sql {
namespace {

TEST(TextTest, CleanTextIsUntouched) {
  EXPECT_EQ(displayable("", 10), "");
  EXPECT_EQ(displayable("Zo\xc3\xab \xf0\x9f\x94\x91", 100), "Zo\xc3\xab \xf0\x9f\x94\x91");
}

TEST(TextTest, CutsBetweenCharacters) {
  EXPECT_EQ(displayable("abc", 2), "ab");
  EXPECT_EQ(displayable("a\xc3\xab", 2), "a");
  EXPECT_EQ(displayable("a\xf0\x9f\x94\x91z", 4), "a");
  EXPECT_EQ(displayable("a\xf0\x9f\x94\x91z", 5), "a\xf0\x9f\x94\x91");
}

TEST(TextTest, ANameHasUpToAHundredAndFiftyCharactersWhateverTheirBytes) {
  for (const std::string character : {"x", "\xc3\xab", "\xf0\x9f\x94\x91"}) {
    std::string longest;
    for (int i = 0; i < 150; ++i) longest += character;
    EXPECT_EQ(displayable_name(longest), longest);
    EXPECT_EQ(displayable_name(longest + character), longest);
  }
}

TEST(TextTest, WhatPostgresRefusesIsReplaced) {
  EXPECT_EQ(displayable(std::string("a\0b", 3), 10), "a?b");
  EXPECT_EQ(displayable("\xff\xc3", 10), "??");        // never UTF-8; cut off
  EXPECT_EQ(displayable("\xc0\xaf", 10), "??");        // overlong
  EXPECT_EQ(displayable("\xed\xa0\x80", 10), "???");   // surrogate
  EXPECT_EQ(displayable("\xe2(\xa1", 10), "?(?");      // the good byte between stays
  EXPECT_EQ(displayable("a\r\x1b[0m", 10), "a??[0m");  // control characters
}

TEST(TextTest, HalfAUrlIsNone) {
  EXPECT_EQ(displayable_url("https://a.example/"), "https://a.example/");
  EXPECT_EQ(displayable_url(std::string(2048, 'u')).size(), 2048U);
  EXPECT_EQ(displayable_url(std::string(2049, 'u')), "");
}

TEST(TextTest, OnlyAddressesAreAddresses) {
  EXPECT_EQ(inet_text("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(inet_text("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(inet_text("fe80::1%eth0"), "fe80::1");
  for (const char* other : {"", "localhost", "1.2.3", "1.2.3.4/8", "unix:", "::1'", "010.1.1.1"}) {
    EXPECT_EQ(inet_text(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace latchkey::sql
