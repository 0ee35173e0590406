#include "sessions/cookies.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sessions/session_service.h"
#include "tests/support/fake_clock.h"

namespace latchkey::sessions {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

TEST(CookieJar, ReadsPairsOfAllHeadersInOrder) {
  const auto jar = CookieJar::parse({"flow_a=1; other=x; flow_b=2", "flow_c=3"});
  EXPECT_THAT(jar.get("other"), Optional(std::string_view("x")));
  EXPECT_THAT(jar.with_prefix("flow_"),
              ElementsAre(Pair("flow_a", "1"), Pair("flow_b", "2"), Pair("flow_c", "3")));
}

TEST(CookieJar, ToleratesSpacesAndEmptyPairs) {
  const auto jar = CookieJar::parse({"  a = 1 ;;; b=2;\tc\t=\t3\t; "});
  EXPECT_THAT(jar.with_prefix(""), ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3")));
}

TEST(CookieJar, KeepsQuotesAndFurtherEqualsSigns) {
  const auto jar = CookieJar::parse({R"(q="quoted"; padded=YQ==)"});
  EXPECT_THAT(jar.get("q"), Optional(std::string_view(R"("quoted")")));
  EXPECT_THAT(jar.get("padded"), Optional(std::string_view("YQ==")));
}

TEST(CookieJar, AnswersEmptyValuesAndNotAbsentOnes) {
  const auto jar = CookieJar::parse({"empty="});
  EXPECT_THAT(jar.get("empty"), Optional(std::string_view("")));
  EXPECT_EQ(jar.get("absent"), std::nullopt);
  EXPECT_EQ(CookieJar::parse({}).get("absent"), std::nullopt);
}

TEST(CookieJar, NamesAreCompared_CaseAndAll) {
  EXPECT_EQ(CookieJar::parse({"SessionID=x"}).get("sessionid"), std::nullopt);
}

TEST(CookieJar, TwoSessionCookiesNoneCounts) {
  EXPECT_EQ(CookieJar::parse({"sessionid=own; sessionid=planted"}).get("sessionid"), std::nullopt);
  EXPECT_EQ(CookieJar::parse({"sessionid=own", "sessionid=planted"}).get("sessionid"),
            std::nullopt);
  EXPECT_EQ(CookieJar::parse({"sessionid=same; sessionid=same"}).get("sessionid"), std::nullopt);
  EXPECT_EQ(CookieJar::parse({"sessionid=own; sessionid="}).get("sessionid"), std::nullopt);
}

// Browsers once sent a cookie without a name as its bare value.
TEST(CookieJar, NamelessCookieCannotStandInForTheSession) {
  EXPECT_EQ(CookieJar::parse({"=sessionid=planted"}).get("sessionid"), std::nullopt);
  EXPECT_EQ(CookieJar::parse({"sessionid"}).get("sessionid"), std::nullopt);
}

TEST(CookieJar, UnicodeSpaceBeforeHostPrefixIsAnotherName) {
  const auto jar = CookieJar::parse({"\xe2\x80\x80__Host-sessionid=planted; __Host-sessionid=own"});
  EXPECT_THAT(jar.get("__Host-sessionid"), Optional(std::string_view("own")));
}

// RFC 2109's $Version once switched parsers into a mode where a quoted value swallows semicolons.
TEST(CookieJar, LegacyVersionDoesNotLetAQuoteSwallowTheSessionCookie) {
  const auto jar = CookieJar::parse({R"($Version=1; note="a; sessionid=own; b")"});
  EXPECT_THAT(jar.get("sessionid"), Optional(std::string_view("own")));
}

// Names come back in Set-Cookie headers when old flows are forgotten.
TEST(CookieJar, NameWithLineBreakNeverReachesAHeader) {
  EXPECT_TRUE(CookieJar::parse({"flow_\r\nSet-Cookie: a=b"}).with_prefix("flow_").empty());
  EXPECT_TRUE(CookieJar::parse({"flow_ x=b"}).with_prefix("flow_").empty());
}

TEST(SetCookieHeader, WritesEveryAttribute) {
  const SetCookie cookie{.name = "n",
                         .value = "v",
                         .max_age = seconds(60),
                         .domain = "example.com",
                         .path = "/api/token/",
                         .http_only = true,
                         .secure = true,
                         .same_site = config::SameSite::none};
  EXPECT_EQ(cookie.header(),
            "n=v; Max-Age=60; Domain=example.com; Path=/api/token/; HttpOnly; Secure; "
            "SameSite=None");
}

TEST(SetCookieHeader, WithoutMaxAgeLivesUntilTheBrowserCloses) {
  const SetCookie cookie{.name = "n", .value = "v", .http_only = false};
  EXPECT_EQ(cookie.header(), "n=v; Path=/; SameSite=Lax");
}

TEST(SetCookieHeader, ZeroMaxAgeDeletesAndShowsNoValue) {
  const SetCookie cookie{.name = "n",
                         .value = "left over",
                         .max_age = seconds(0),
                         .domain = "example.com",
                         .same_site = config::SameSite::strict};
  EXPECT_THROW((void)cookie.header(), std::logic_error);
  SetCookie deletion = cookie;
  deletion.value = "left-over";
  EXPECT_EQ(deletion.header(),
            "n=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Domain=example.com; Path=/; "
            "HttpOnly; SameSite=Strict");
}

TEST(SetCookieHeader, BytesThatWouldSplitTheHeaderAreABug) {
  const std::string bad_values[] = {"a;b",  "a\r\nSet-Cookie: x=y", "a b",     "a\"b", "a,b",
                                    "a\\b", std::string("a\0b", 3), "\xc3\xa9"};
  for (const std::string& value : bad_values) {
    EXPECT_THROW((void)SetCookie({.name = "n", .value = value}).header(), std::logic_error)
        << value;
  }
  EXPECT_THROW((void)SetCookie({.name = "n\n", .value = "v"}).header(), std::logic_error);
  EXPECT_THROW((void)SetCookie({.name = "", .value = "v"}).header(), std::logic_error);
  EXPECT_THROW((void)SetCookie({.name = "n", .value = "v", .domain = "a;b"}).header(),
               std::logic_error);
  EXPECT_THROW((void)SetCookie({.name = "n", .value = "v", .path = "/\r\n"}).header(),
               std::logic_error);
}

class ConfiguredCookies : public testing::Test {
 protected:
  [[nodiscard]] IssuedSession issued(bool remember) const {
    return {.token = "token",
            .token_hash = {},
            .expires_at = clock_.now() + config_.absolute_timeout,
            .remember = remember};
  }

  test::FakeClock clock_;
  config::Session config_;
  config::Csrf csrf_;
};

TEST_F(ConfiguredCookies, RememberedSessionLivesAsLongAsItCan) {
  EXPECT_EQ(session_cookie(config_, issued(true), clock_.now()).header(),
            "sessionid=token; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax");
}

TEST_F(ConfiguredCookies, TheMomentBetweenIssuingAndAnsweringDoesNotShortenMaxAge) {
  const IssuedSession session = issued(true);
  clock_.advance(std::chrono::milliseconds(30));
  EXPECT_EQ(session_cookie(config_, session, clock_.now()).max_age, seconds(1209600));
}

TEST_F(ConfiguredCookies, OtherSessionsEndWithTheBrowser) {
  EXPECT_EQ(session_cookie(config_, issued(false), clock_.now()).header(),
            "sessionid=token; Path=/; HttpOnly; SameSite=Lax");
}

TEST_F(ConfiguredCookies, DeletionHasTheAttributesOfTheCookieItDeletes) {
  config_.cookie_name = "app_session";
  config_.cookie_domain = "example.com";
  config_.cookie_secure = true;
  config_.cookie_samesite = config::SameSite::none;
  EXPECT_EQ(session_cookie(config_, issued(false), clock_.now()).header(),
            "app_session=token; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=None");
  EXPECT_EQ(expired_session_cookie(config_).header(),
            "app_session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Domain=example.com; "
            "Path=/; HttpOnly; Secure; SameSite=None");
}

TEST_F(ConfiguredCookies, CsrfCookieIsReadableAndLivesAYear) {
  config_.cookie_domain = "example.com";
  EXPECT_EQ(csrf_cookie(config_, csrf_, "t0ken").header(),
            "csrftoken=t0ken; Max-Age=31449600; Domain=example.com; Path=/; SameSite=Lax");
}

TEST_F(ConfiguredCookies, HostPrefixForbidsADomain) {
  config_.cookie_name = "__Host-sessionid";
  config_.cookie_domain = "example.com";
  config_.cookie_secure = true;
  EXPECT_EQ(session_cookie(config_, issued(false), clock_.now()).header(),
            "__Host-sessionid=token; Path=/; HttpOnly; Secure; SameSite=Lax");
  EXPECT_EQ(csrf_cookie(config_, csrf_, "t").domain, "example.com");
}

}  // namespace
}  // namespace latchkey::sessions
