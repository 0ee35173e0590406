#include "config/value_checks.h"

#include <gtest/gtest.h>

#include "tests/config/loading.h"

namespace latchkey::config {
namespace {

// The value as it is kept, or "refused".
std::string kept(Verdict (*check)(std::string&), std::string value) {
  return check(value) ? "refused" : value;
}

void expect_accepted(Verdict (*check)(std::string&), const std::vector<std::string>& values) {
  for (const std::string& value : values) EXPECT_EQ(kept(check, value), value) << value;
}

void expect_refused(Verdict (*check)(std::string&), const std::vector<std::string>& values) {
  for (const std::string& value : values) EXPECT_EQ(kept(check, value), "refused") << value;
}

TEST(ValueChecks, ListenIsHostAndPortOrASocket) {
  expect_accepted(check_listen, {"127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0", "localhost:65535",
                                 "unix:/run/latchkey.sock"});
  expect_refused(check_listen,
                 {"8080", ":8080", "localhost", "localhost:", "localhost:http", "localhost:65536",
                  "localhost:-1", "localhost:+1", "::1:8080", "[::1]", "[1.2.3.4]:80",
                  "http://localhost:80", "unix:", "unix:/" + std::string(107, 'x')});
  expect_refused(check_host_and_port, {"unix:/run/latchkey.sock"});
}

TEST(ValueChecks, NetworksAreAddressesAndCidrs) {
  expect_accepted(check_network,
                  {"10.0.0.0/8", "127.0.0.1", "::1", "2001:db8::/32", "0.0.0.0/0", "::1/128"});
  expect_refused(check_network, {"localhost", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/",
                                 "10.0.0.0/-1", "10.0.0.0/8/8", "*", "10.0.0.0/a"});
}

TEST(ValueChecks, PublicUrlIsKeptAsAnOrigin) {
  EXPECT_EQ(kept(check_public_url, "https://login.example.com"), "https://login.example.com");
  EXPECT_EQ(kept(check_public_url, "https://login.example.com/"), "https://login.example.com");
  EXPECT_EQ(kept(check_public_url, "HTTPS://Login.Example.com:443"), "https://login.example.com");
  EXPECT_EQ(kept(check_public_url, "http://localhost:8080"), "http://localhost:8080");
  EXPECT_EQ(kept(check_public_url, "http://[::1]:8080/"), "http://[::1]:8080");
}

TEST(ValueChecks, PublicUrlMayLeaveThePortToTheListener) {
  EXPECT_EQ(kept(check_public_url, "http://127.0.0.1:0"), "http://127.0.0.1:0");
  EXPECT_EQ(kept(check_public_url, "http://localhost:0/"), "http://localhost:0");
  EXPECT_EQ(kept(check_public_url, "http://[::1]:0"), "http://[::1]:0");
  expect_refused(check_public_url, {"http://localhost:80:0", "http://localhost:8080:0"});
}

TEST(ValueChecks, PublicUrlHasNothingBehindThePort) {
  expect_refused(check_public_url,
                 {"login.example.com", "//login.example.com", "ftp://example.com",
                  "https://example.com/a", "https://example.com//", "https://example.com?a=b",
                  "https://example.com?", "https://example.com#", "https://example.com/#a",
                  "https://me@example.com", "https://", "https://exa mple.com"});
}

TEST(ValueChecks, OriginsAreKeptAsBrowsersWriteThem) {
  EXPECT_EQ(kept(check_origin, "HTTPS://App.Example.com:443"), "https://app.example.com");
  EXPECT_EQ(kept(check_origin, "http://localhost:5173"), "http://localhost:5173");
  EXPECT_EQ(kept(check_origin, "https://*.Preview.example.com"), "https://*.preview.example.com");
  EXPECT_EQ(kept(check_origin, "http://*.localhost:3000"), "http://*.localhost:3000");
}

TEST(ValueChecks, OriginsThatWouldTrustStrangersAreRefused) {
  expect_refused(check_origin,
                 {"*", "https://*", "https://*.com", "https://*.", "https://**.example.com",
                  "https://a*.example.com", "https://*.*.example.com", "https://app.*.example.com",
                  "https://example.*", "*.example.com", "*://app.example.com", "null",
                  "https://app.example.com/", "https://app.example.com/path",
                  "https://app.example.com?x", "app.example.com", "file://"});
}

TEST(ValueChecks, TargetsAreLocalPathsOrAbsoluteUrls) {
  expect_accepted(check_target, {"/", "/welcome?x=1#top", "https://app.example.com/in",
                                 "http://localhost:3000/"});
  expect_refused(check_target,
                 {"//evil.example", "/\\evil.example", "welcome", "javascript:alert(1)", "/a b",
                  "\\\\evil.example", "/\"><script>", "https://u@example.com"});
}

TEST(ValueChecks, CallbackUrlHoldsTheProviderOnceAndBehindTheHost) {
  expect_accepted(check_callback_url,
                  {"https://app.example.com/auth/{provider}/callback",
                   "https://app.example.com/in?p={provider}", "https://app.example.com/in"});
  expect_refused(
      check_callback_url,
      {"/auth/{provider}/callback", "https://{provider}.example.com/",
       "https://app.example.com/{provider}/{provider}", "https://app.example.com/{id}",
       "https://app.example.com/{provider}#x", "https://app.example.com/{provider", "{provider}"});
  EXPECT_EQ(callback_url_for("https://a.example/{provider}/cb", "github"),
            "https://a.example/github/cb");
}

TEST(ValueChecks, CookieNamesAreTokens) {
  expect_accepted(check_cookie_name, {"sessionid", "__Host-session", "a.b-c_d"});
  expect_refused(check_cookie_name,
                 {"a b", "a=b", "a;b", "a,b", "\"a\"", "sess\xc3\xa4", "a/b", "latchkey_flow_x"});
  expect_accepted(check_header_name, {"X-CSRFToken"});
  expect_refused(check_header_name, {"X CSRF", "X:CSRF"});
}

TEST(ValueChecks, DomainsAreLowerCasedAndLoseALeadingDot) {
  EXPECT_EQ(kept(check_domain, ".Example.com"), "example.com");
  EXPECT_EQ(kept(check_domain, "localhost"), "localhost");
  expect_refused(check_domain,
                 {"..example.com", "example..com", "https://example.com", "a_b.com", "-a.com",
                  "a-.com", "*.example.com", "example.com:80", ".", std::string(64, 'a') + ".com"});
}

TEST(ValueChecks, SmtpUrlIsSchemeHostAndPort) {
  expect_accepted(check_smtp_url, {"smtp://localhost:1025", "smtps://mail.example.com:465",
                                   "smtp://mail.example.com", "smtp://[::1]:25"});
  expect_refused(check_smtp_url, {"mail.example.com:25", "http://mail.example.com", "smtp:",
                                  "smtp://me:pw@mail.example.com", "smtp://mail.example.com/path",
                                  "smtp://mail.example.com?x=y", "smtp://"});
}

TEST(ValueChecks, TableNamesCannotCarrySql) {
  expect_accepted(check_table_name, {"auth_user", "public.auth_user", "Users2"});
  expect_refused(check_table_name, {"a b", "a;drop table b", "\"a\"", "a.b.c", "a.", ".a", "2a",
                                    "a--", std::string(64, 'a')});
}

TEST(ValueChecks, ScopesAreOneAnElement) {
  expect_accepted(check_scope, {"openid", "read:user", "https://www.googleapis.com/auth/x"});
  expect_refused(check_scope, {"openid email", "a\"b", "a\\b"});
}

TEST(ValueChecks, DatabaseUrlIsOneOfLibpqsForms) {
  EXPECT_FALSE(check_database_url("postgresql://me@one,two/db?target_session_attrs=read-write"));
  EXPECT_FALSE(check_database_url("postgres:///db?host=/run/postgresql"));
  EXPECT_FALSE(check_database_url("host=/run/postgresql dbname=latchkey"));
  EXPECT_TRUE(check_database_url("mysql://me@host/db?x=y"));
  EXPECT_TRUE(check_database_url("latchkey"));
}

TEST(ValueChecks, FilesMustBeReadable) {
  const testing::Folder folder;
  std::string file = folder.write("ca.pem", "x");
  std::string empty = folder.write("empty.pem", "");
  std::string directory = folder.path();
  std::string missing = folder.path() + "/missing.pem";
  EXPECT_FALSE(check_file(file));
  EXPECT_FALSE(check_file(empty));
  EXPECT_TRUE(check_file(directory));
  EXPECT_TRUE(check_file(missing));
}

}  // namespace
}  // namespace latchkey::config
