#include "base/url.h"

#include <string>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using namespace std::string_view_literals;

bool refused(std::string_view text) { return !Url::parse(text).has_value(); }

std::string origin_of(std::string_view text) {
  const auto url = Url::parse(text);
  return url ? url->origin() : "refused";
}

bool loopback(std::string_view text) {
  const auto url = Url::parse(text);
  EXPECT_TRUE(url) << text;
  return url && url->is_loopback();
}

TEST(Url, PartsAreTakenApart) {
  const auto url = Url::parse("HTTPS://Example.COM:8443/a/b%2Fc?x=1&y=%20#top");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b%2Fc");
  EXPECT_EQ(url->query, "x=1&y=%20");
  EXPECT_EQ(url->fragment, "top");
}

TEST(Url, WhatIsAbsentHasItsDefault) {
  const auto url = Url::parse("http://example.com");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->port, 80);
  EXPECT_EQ(url->path, "/");
  EXPECT_EQ(url->query, "");
  EXPECT_EQ(url->fragment, "");
}

TEST(Url, OriginLeavesTheDefaultPortOut) {
  EXPECT_EQ(origin_of("https://example.com:443/a"), "https://example.com");
  EXPECT_EQ(origin_of("http://example.com:80"), "http://example.com");
  EXPECT_EQ(origin_of("https://example.com:80"), "https://example.com:80");
  EXPECT_EQ(origin_of("https://[2001:DB8::1]:8443/"), "https://[2001:db8::1]:8443");
  EXPECT_EQ(origin_of("https://example.com:/"), "https://example.com");
}

TEST(Url, UserInfoIsRefused) {
  EXPECT_TRUE(refused("https://example.com@evil.example/"));
  EXPECT_TRUE(refused("https://user:password@example.com/"));
  EXPECT_TRUE(refused("https://@example.com/"));
}

TEST(Url, HostHiddenFromAReaderIsRefused) {
  EXPECT_TRUE(refused("https://evil.example\\@example.com/"));
  EXPECT_TRUE(refused("https:\\\\example.com/"));
  EXPECT_TRUE(refused("https://example.com\\.evil.example/"));
  EXPECT_TRUE(refused("https://example%2ecom/"));
  EXPECT_TRUE(refused("https://example.com%00.evil.example/"));
  EXPECT_TRUE(refused("https://ex\xc3\xa4mple.com/"));
  EXPECT_TRUE(refused("https://example.com\xef\xbc\x8f.evil.example/"));  // full-width slash
}

TEST(Url, ControlBytesAndSpacesAreRefused) {
  EXPECT_TRUE(refused("https://example.com/\r\nSet-Cookie: a=b"));
  EXPECT_TRUE(refused("ht\ttps://example.com/"));
  EXPECT_TRUE(refused(" https://example.com/"));
  EXPECT_TRUE(refused("https://example.com/ "));
  EXPECT_TRUE(refused("https://example.com/\x7f"));
  EXPECT_TRUE(refused("https://example.com/\0"sv));
  EXPECT_TRUE(refused("https://example.com\0.evil.example/"sv));
}

TEST(Url, WrongNumberOfSlashesIsRefused) {
  EXPECT_TRUE(refused("https:/example.com/"));
  EXPECT_TRUE(refused("https:///example.com/"));
  EXPECT_TRUE(refused("https:example.com"));
  EXPECT_TRUE(refused("//example.com/"));
  EXPECT_TRUE(refused("/path"));
  EXPECT_TRUE(refused("example.com"));
  EXPECT_TRUE(refused(""));
}

TEST(Url, OtherSchemesAreRefused) {
  for (const char* text : {"javascript:alert(1)", "javascript://example.com/%0aalert(1)",
                           "data:text/html,x", "file:///etc/passwd", "ftp://example.com/",
                           "gopher://example.com/", "httpss://example.com/", "ws://example.com/"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
}

TEST(Url, HostsAndPortsThatAreNoneAreRefused) {
  for (const char* text : {"https://", "https:///", "https://:443/", "https://example.com:0/",
                           "https://example.com:65536/", "https://example.com:x/",
                           "https://example.com:-1/", "https://[::1/", "https://[::g]/",
                           "https://[fe80::1%25eth0]/", "https://?x", "https://#x"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
}

TEST(Url, LoopbackIsRecognisedInEverySpelling) {
  EXPECT_TRUE(loopback("http://localhost:9000/"));
  EXPECT_TRUE(loopback("http://LOCALHOST/"));
  EXPECT_TRUE(loopback("http://127.0.0.1/"));
  EXPECT_TRUE(loopback("http://127.8.9.1/"));
  EXPECT_TRUE(loopback("http://[::1]:8080/"));
  EXPECT_TRUE(loopback("http://2130706433/"));
  EXPECT_TRUE(loopback("http://0x7f.1/"));
}

TEST(Url, NamesThatLookLikeLoopbackAreNot) {
  EXPECT_FALSE(loopback("http://127.0.0.1.evil.example/"));
  EXPECT_FALSE(loopback("http://127.evil.example/"));
  EXPECT_FALSE(loopback("http://localhost.evil.example/"));
  EXPECT_FALSE(loopback("http://128.0.0.1/"));
  EXPECT_FALSE(loopback("http://[::2]/"));
  EXPECT_FALSE(loopback("http://10.0.0.1/"));
}

TEST(PercentEncoding, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode(" &=+/?#%\0\xff"sv), "%20%26%3D%2B%2F%3F%23%25%00%FF");
}

TEST(PercentEncoding, DecodesWithPlusAsTheCallerSays) {
  EXPECT_EQ(percent_decode("a%20b+c%2B", true), "a b c+");
  EXPECT_EQ(percent_decode("a%20b+c%2b", false), "a b+c+");
  EXPECT_EQ(percent_decode("", true), "");
}

TEST(PercentEncoding, BadEscapesAndNulAreRefused) {
  for (const char* text : {"%", "a%2", "%zz", "%2g", "%-1", "% 1", "%00", "a%00b"}) {
    EXPECT_EQ(percent_decode(text, false), std::nullopt) << text;
  }
}

TEST(PercentEncoding, DecodesOnlyOnce) { EXPECT_EQ(percent_decode("%252e", false), "%2e"); }

TEST(Query, KeepsOrderAndDuplicates) {
  const auto parameters = parse_query("code=a%26b&state=&code=c&flag&&=v&x=1=2");
  const QueryParameters expected = {{"code", "a&b"}, {"state", ""}, {"code", "c"},
                                    {"flag", ""},    {"", "v"},     {"x", "1=2"}};
  EXPECT_EQ(parameters, expected);
  EXPECT_EQ(parse_query(""), QueryParameters());
}

TEST(Query, OneBadParameterRefusesAll) {
  EXPECT_EQ(parse_query("a=1&b=%zz"), std::nullopt);
  EXPECT_EQ(parse_query("a=1&%00=2"), std::nullopt);
}

TEST(Query, ParametersCannotInjectOthers) {
  const std::string query = build_query({{"next", "/a?b=c&admin=1#x"}, {"a b", "+"}});
  EXPECT_EQ(query, "next=%2Fa%3Fb%3Dc%26admin%3D1%23x&a%20b=%2B");
  const QueryParameters expected = {{"next", "/a?b=c&admin=1#x"}, {"a b", "+"}};
  EXPECT_EQ(parse_query(query), expected);
}

TEST(Query, IsAddedBehindWhatIsThere) {
  const QueryParameters error = {{"error", "x"}};
  EXPECT_EQ(with_query("/auth/error", error), "/auth/error?error=x");
  EXPECT_EQ(with_query("https://a.example/?tenant=1", error),
            "https://a.example/?tenant=1&error=x");
  EXPECT_EQ(with_query("/e?", error), "/e?error=x");
  EXPECT_EQ(with_query("/e?a&", error), "/e?a&error=x");
  EXPECT_EQ(with_query("/e#login", error), "/e?error=x#login");
  EXPECT_EQ(with_query("/app#/login?x", error), "/app?error=x#/login?x");
  EXPECT_EQ(with_query("/e", {}), "/e");
}

}  // namespace
}  // namespace latchkey
