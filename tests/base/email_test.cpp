#include "base/email.h"

#include <string>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using namespace std::string_view_literals;

bool accepted(std::string_view text) { return Email::parse(text).has_value(); }

TEST(Email, IsLowerCasedByteByByte) {
  const auto email = Email::parse("Ada.Lovelace+Engine@Example.COM");
  ASSERT_TRUE(email);
  EXPECT_EQ(email->str(), "ada.lovelace+engine@example.com");
  EXPECT_EQ(email->domain(), "example.com");
  EXPECT_EQ(email, Email::parse("ada.lovelace+engine@EXAMPLE.com"));
}

TEST(Email, DotsAndTagsAreNotFolded) {
  EXPECT_NE(Email::parse("ada@gmail.com"), Email::parse("a.da@gmail.com"));
  EXPECT_NE(Email::parse("ada@gmail.com"), Email::parse("ada+x@gmail.com"));
}

TEST(Email, OrdinaryAddressesAreAccepted) {
  EXPECT_TRUE(accepted("a@b.co"));
  EXPECT_TRUE(accepted("o'brien@example.ie"));
  EXPECT_TRUE(accepted("x=y/z!#$%&*?^_`{|}~@sub.xn--bcher-kva.example"));
  EXPECT_TRUE(accepted("root@localhost"));
  EXPECT_TRUE(accepted("1@2.3com"));
}

TEST(Email, TwoAtSignsAreRefused) {
  EXPECT_FALSE(accepted("victim@example.com@evil.example"));
  EXPECT_FALSE(accepted("@@example.com"));
  EXPECT_FALSE(accepted("example.com"));
  EXPECT_FALSE(accepted(""));
}

TEST(Email, UnicodeLookAlikesAreRefused) {
  EXPECT_FALSE(accepted("m\xc4\xb1ke@example.com"));   // dotless i, upper-cases to I
  EXPECT_FALSE(accepted("mike@ex\xd0\xb0mple.com"));   // Cyrillic a
  EXPECT_FALSE(accepted("\xe2\x84\xaa@example.com"));  // Kelvin sign, lower-cases to k
  EXPECT_FALSE(
      accepted("mike@example\xef\xbc\x8e"
               "com"));  // full-width dot
}

TEST(Email, HeaderInjectionIsRefused) {
  EXPECT_FALSE(accepted("a@example.com\r\nBcc: b@example.com"));
  EXPECT_FALSE(accepted("a\n@example.com"));
  EXPECT_FALSE(accepted("a@example.com\0.evil.example"sv));
  EXPECT_FALSE(accepted("a@example.com "));
  EXPECT_FALSE(accepted(" a@example.com"));
}

TEST(Email, ListsAndDisplayNamesAreRefused) {
  EXPECT_FALSE(accepted("a@example.com,b@example.com"));
  EXPECT_FALSE(accepted("a@example.com;b@example.com"));
  EXPECT_FALSE(accepted("Ada <a@example.com>"));
  EXPECT_FALSE(accepted("a(comment)@example.com"));
}

TEST(Email, QuotesAndEncodedWordsAreRefused) {
  EXPECT_FALSE(accepted("\"a b\"@example.com"));
  EXPECT_FALSE(accepted("=?utf-8?q?victim=40example.com=3e=00?=@evil.example"));
  EXPECT_FALSE(accepted("a\\@example.com"));
}

TEST(Email, MalformedDotsAreRefused) {
  EXPECT_FALSE(accepted(".a@example.com"));
  EXPECT_FALSE(accepted("a.@example.com"));
  EXPECT_FALSE(accepted("a..b@example.com"));
  EXPECT_FALSE(accepted("a@.example.com"));
  EXPECT_FALSE(accepted("a@example.com."));
  EXPECT_FALSE(accepted("a@example..com"));
}

TEST(Email, BadDomainsAreRefused) {
  EXPECT_FALSE(accepted("a@example"));
  EXPECT_FALSE(accepted("a@"));
  EXPECT_FALSE(accepted("a@-a.example"));
  EXPECT_FALSE(accepted("a@a-.example"));
  EXPECT_FALSE(accepted("a@a_b.example"));
  EXPECT_FALSE(accepted("a@[127.0.0.1]"));
  EXPECT_FALSE(accepted("a@127.0.0.1"));
}

TEST(Email, LengthsAreBounded) {
  EXPECT_TRUE(accepted(std::string(64, 'a') + "@example.com"));
  EXPECT_FALSE(accepted(std::string(65, 'a') + "@example.com"));
  EXPECT_TRUE(accepted("a@" + std::string(63, 'b') + ".com"));
  EXPECT_FALSE(accepted("a@" + std::string(64, 'b') + ".com"));

  std::string domain;
  for (int i = 0; i < 4; ++i) domain += std::string(59, 'd') + ".";  // 240 characters
  EXPECT_TRUE(accepted("a@" + domain + std::string(12, 'c')));       // 254
  EXPECT_FALSE(accepted("a@" + domain + std::string(13, 'c')));
}

}  // namespace
}  // namespace latchkey
