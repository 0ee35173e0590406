#include "base/encoding.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using namespace std::string_view_literals;

TEST(Base64, MatchesRfc4648) {
  const std::pair<std::string_view, std::string_view> examples[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
  }
}

TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
  EXPECT_EQ(base64url_decode("-_8"), "\xfb\xff");
  EXPECT_EQ(base64_encode("\xfb\xff"), "+/8=");
}

TEST(Base64Url, RoundTripsEveryByteAtEveryLength) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    bytes.push_back(static_cast<char>(255 - i));
  }
}

TEST(Base64Url, SecondSpellingOfOneTokenIsRefused) {
  EXPECT_EQ(base64url_decode("Zg"), "f");
  EXPECT_EQ(base64url_decode("Zh"), std::nullopt);    // same byte, trailing bits set
  EXPECT_EQ(base64url_decode("Zg=="), std::nullopt);  // padded
  EXPECT_EQ(base64url_decode("Zm9="), std::nullopt);
  EXPECT_EQ(base64url_decode("Zg\n"), std::nullopt);
  EXPECT_EQ(base64url_decode(" Zg"), std::nullopt);
  EXPECT_EQ(base64url_decode("Z"), std::nullopt);
  EXPECT_EQ(base64url_decode("+/8"), std::nullopt);
}

TEST(Base64, SecondSpellingOfOneValueIsRefused) {
  EXPECT_EQ(base64_decode("Zg"), std::nullopt);
  EXPECT_EQ(base64_decode("Zh=="), std::nullopt);
  EXPECT_EQ(base64_decode("Zg=a"), std::nullopt);
  EXPECT_EQ(base64_decode("Z==="), std::nullopt);
  EXPECT_EQ(base64_decode("===="), std::nullopt);
  EXPECT_EQ(base64_decode("-_8="), std::nullopt);
}

TEST(Hex, IsLowerCase) { EXPECT_EQ(hex_encode("\x00\xab\xff"sv), "00abff"); }

TEST(Base62, WritesTheNumberPaddedAndCutFromTheLeft) {
  EXPECT_EQ(base62_encode("\x00"sv, 3), "000");
  EXPECT_EQ(base62_encode("\x3d", 3), "00z");
  EXPECT_EQ(base62_encode("\x3e", 3), "010");
  EXPECT_EQ(base62_encode("\xff\xff", 3), "H31");
  EXPECT_EQ(base62_encode("\xff\xff", 2), "31");
  EXPECT_EQ(base62_encode("\xff\xff", 0), "");
}

TEST(Ascii, OnlyAsciiIsFolded) {
  EXPECT_EQ(ascii_lower("AbZ[@`\xc3\x84"), "abz[@`\xc3\x84");
  EXPECT_TRUE(ascii_iequals("Set-Cookie", "set-cookie"));
  EXPECT_FALSE(ascii_iequals("set-cookie", "set-cookie2"));
  EXPECT_FALSE(ascii_iequals("[", "{"));
}

TEST(Trim, TakesSpacesAndTabsOnly) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim("\na\r"), "\na\r");
}

TEST(HtmlEscape, MarkupAndAttributeBreakoutsAreInert) {
  EXPECT_EQ(html_escape("<script>alert('x' & \"y\")</script>"),
            "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;");
}

TEST(CleanUtf8, TextOfEveryLengthIsAccepted) {
  EXPECT_TRUE(is_clean_utf8(""));
  EXPECT_TRUE(is_clean_utf8("a\tb\nc"));
  EXPECT_TRUE(is_clean_utf8("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x91 \xf4\x8f\xbf\xbf"));
}

TEST(CleanUtf8, OverlongFormsSurrogatesAndTruncationsAreRefused) {
  EXPECT_FALSE(is_clean_utf8("\xc0\xaf"));          // overlong /
  EXPECT_FALSE(is_clean_utf8("\xe0\x80\xaf"));      // overlong /
  EXPECT_FALSE(is_clean_utf8("\xf0\x80\x80\xaf"));  // overlong /
  EXPECT_FALSE(is_clean_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(is_clean_utf8("\xf4\x90\x80\x80"));  // above U+10FFFF
  EXPECT_FALSE(is_clean_utf8("\xf5\x80\x80\x80"));
  EXPECT_FALSE(is_clean_utf8("\x80"));
  EXPECT_FALSE(is_clean_utf8("a\xe2\x82"));
  EXPECT_FALSE(is_clean_utf8("\xc3("));
}

TEST(CleanUtf8, ControlBytesAreRefused) {
  EXPECT_FALSE(is_clean_utf8("\0"sv));
  EXPECT_FALSE(is_clean_utf8("\r"));
  EXPECT_FALSE(is_clean_utf8("\x1b[2J"));
  EXPECT_FALSE(is_clean_utf8("\x7f"));
  EXPECT_FALSE(
      is_clean_utf8("\xc2\x9b"
                    "2J"));  // C1 form of escape [
}

TEST(ValidUtf8, BadBytesBecomeReplacementCharacters) {
  EXPECT_EQ(to_valid_utf8("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(to_valid_utf8("a\xff"
                          "b"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(to_valid_utf8("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
}

}  // namespace
}  // namespace latchkey
