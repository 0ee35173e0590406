#include "config/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/loading.h"

namespace latchkey::config {
namespace {

using testing::find;
using ::testing::HasSubstr;
using testing::lines;
using testing::load;
using testing::only_fault;

struct Case {
  const char* toml;
  const char* line;  // what the only fault begins with, behind "latchkey.toml:"
};

void expect_faults(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    EXPECT_THAT(only_fault(load(c.toml)),
                ::testing::StartsWith(std::string("latchkey.toml:") + c.line))
        << c.toml;
  }
}

void expect_fine(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) EXPECT_EQ(lines(load(text).faults), "") << text;
}

std::string warning(const Loaded& loaded, std::string_view key) {
  const Fault* found = find(loaded.warnings, key);
  return found == nullptr ? "none" : found->text();
}

TEST(Checks, CookieSecureFollowsThePublicUrl) {
  EXPECT_TRUE(load("server.public_url = \"https://a.example.com\"").config.session.cookie_secure);
  EXPECT_FALSE(load("server.public_url = \"http://localhost\"").config.session.cookie_secure);
  EXPECT_TRUE(load("session.cookie_secure = true").config.session.cookie_secure);

  const Loaded off =
      load("server.public_url = \"https://a.example.com\"\nsession.cookie_secure = false\n");
  EXPECT_FALSE(off.config.session.cookie_secure);
  EXPECT_EQ(lines(off.faults), "");
  EXPECT_THAT(warning(off, "session.cookie_secure"), HasSubstr("latchkey.toml:2: "));
}

TEST(Checks, SameSiteNoneDemandsSecure) {
  expect_faults({{"[session]\ncookie_samesite = \"None\"",
                  "2: session.cookie_samesite: is \"None\", which browsers take from Secure"}});
  expect_fine(
      {"server.public_url = \"https://a.example.com\"\nsession.cookie_samesite = \"None\""});
}

TEST(Checks, CookiePrefixesAreEnforced) {
  expect_faults({
      {"session.cookie_name = \"__Host-id\"", "1: session.cookie_name: begins with \"__Host-\""},
      {"session.cookie_name = \"__host-id\"", "1: session.cookie_name: begins with \"__Host-\""},
      {"csrf.cookie_name = \"__Secure-t\"", "1: csrf.cookie_name: begins with \"__Secure-\""},
      {"server.public_url = \"https://a.example.com\"\n[session]\ncookie_name = \"__Host-id\"\n"
       "cookie_domain = \"example.com\"\n",
       "3: session.cookie_name: begins with \"__Host-\", which forbids session.cookie_domain"},
  });
  expect_fine(
      {"server.public_url = \"https://a.example.com\"\n[session]\n"
       "cookie_name = \"__Host-id\"\n",
       "server.public_url = \"https://a.example.com\"\n[session]\n"
       "cookie_name = \"__Secure-id\"\ncookie_domain = \".example.com\"\n"});
}

TEST(Checks, SessionAndCsrfCookieDiffer) {
  expect_faults({{"csrf.cookie_name = \"sessionid\"",
                  "1: csrf.cookie_name: is the session cookie's name as well"}});
}

TEST(Checks, CookieDomainCoversThePublicHost) {
  const std::string url = "server.public_url = \"https://login.example.com\"\n";
  expect_fine({url + "session.cookie_domain = \"example.com\"",
               url + "session.cookie_domain = \"login.example.com\""});
  for (const char* domain : {"ample.com", "com", "example.org", "a.login.example.com"}) {
    EXPECT_THAT(only_fault(load(url + "session.cookie_domain = \"" + domain + "\"")),
                HasSubstr("session.cookie_domain: is \"" + std::string(domain) + "\", which does"))
        << domain;
  }
}

TEST(Checks, HttpOnAPublicHostIsAWarning) {
  const Loaded loaded = load("server.public_url = \"http://login.example.com\"");
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_THAT(warning(loaded, "server.public_url"), HasSubstr("use https"));
  EXPECT_EQ(warning(load("server.public_url = \"http://127.0.0.1:0\""), "server.public_url"),
            "none");
  EXPECT_EQ(warning(load("server.public_url = \"https://a.example.com\""), "server.public_url"),
            "none");
}

TEST(Checks, MetricsNeverShareThePublicListener) {
  expect_faults({{"server.metrics_listen = \"127.0.0.1:8080\"", "1: server.metrics_listen: is"}});
  expect_fine({"[server]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"\n"});
}

TEST(Checks, TrustingEveryProxyIsAWarning) {
  EXPECT_THAT(warning(load("server.trusted_proxies = [\"0.0.0.0/0\"]"), "server.trusted_proxies"),
              HasSubstr("everybody can forge their address"));
  EXPECT_EQ(warning(load("server.trusted_proxies = [\"10.0.0.0/8\"]"), "server.trusted_proxies"),
            "none");
}

TEST(Checks, IdleTimeoutEndsBeforeTheAbsoluteOne) {
  expect_faults(
      {{"session.idle_timeout = \"15d\"", "1: session.idle_timeout: is longer than"},
       {"[session]\nidle_timeout = \"2h\"\nabsolute_timeout = \"1h\"\n",
        "2: session.idle_timeout: is longer than session.absolute_timeout, which is 1h"}});
  expect_fine({"[session]\nidle_timeout = \"1h\"\nabsolute_timeout = \"1h\"\n"});
}

TEST(Checks, DefaultIdleTimeoutGivesWayToAShorterAbsoluteOne) {
  const Loaded loaded = load("session.absolute_timeout = \"1h\"");
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.session.idle_timeout, std::chrono::hours(1));
}

TEST(Checks, DjangoStoreAndTokensSayThatTheyAreNotThere) {
  expect_faults(
      {{"session.store = \"django\"", "1: session.store: is \"django\", which is not in"}});
  const Loaded tokens = load("tokens.enabled = true");
  EXPECT_EQ(lines(tokens.faults), "");
  EXPECT_THAT(warning(tokens, "tokens.enabled"), HasSubstr("has no effect in this version"));
}

TEST(Checks, OpenRedirectThroughALandingPageIsRefused) {
  expect_faults({
      {"spa.login_url = \"https://evil.example/\"", "1: spa.login_url: is \"https://evil"},
      {"spa.error_url = \"http://localhost:8081/\"", "1: spa.error_url: is \"http://localhost:808"},
      {"spa.pending_url = \"https://evil.example/\"", "1: spa.pending_url: is \"https://evil"},
      {"spa.default_next = \"https://evil.example/\"", "1: spa.default_next: is \"https://evil"},
      {"spa.default_next = \"//evil.example/\"", "1: spa.default_next: is \"//evil"},
      {"spa.default_next = \"\"", "1: spa.default_next: is empty"},
  });
  expect_fine(
      {"[spa]\norigins = [\"https://app.example.com\"]\n"
       "login_url = \"https://app.example.com/login\"\nerror_url = \"/oops\"\n"
       "pending_url = \"http://localhost:8080/p\"\ndefault_next = \"/home\"\n",
       "[spa]\norigins = [\"https://*.example.com\"]\n"
       "login_url = \"https://app.example.com/login\"\n"});
}

TEST(Checks, WrongOriginsAreNotReportedAgainAtEveryPage) {
  expect_faults(
      {{"[spa]\norigins = [\"app.example.com\"]\n"
        "login_url = \"https://app.example.com/login\"\n",
        "2: spa.origins: has \"app.example.com\""}});
}

constexpr const char* kTwoProviders =
    "[providers.github]\nclient_id = \"a\"\nclient_secret = \"b\"\n"
    "[providers.google]\nclient_id = \"a\"\nclient_secret = \"b\"\n";

TEST(Checks, SpaCallbackNeedsItsUrl) {
  expect_faults({
      {"spa.callback = \"spa\"", "1: spa.callback: is \"spa\" without spa.callback_url"},
      {"[spa]\ncallback = \"spa\"\ncallback_url = \"https://evil.example/{provider}\"\n",
       "3: spa.callback_url: is \"https://evil.example/{provider}\", of an origin"},
      {"[spa]\ncallback = \"spa\"\ncallback_url = \"/in\"\n", "3: spa.callback_url: is \"/in\""},
  });
  expect_fine({std::string("[spa]\ncallback = \"spa\"\norigins = [\"https://app.example.com\"]\n"
                           "callback_url = \"https://app.example.com/in/{provider}\"\n") +
               kTwoProviders});
}

TEST(Checks, CallbackUrlWithoutSpaCallbackIsAWarning) {
  const Loaded loaded = load("spa.callback_url = \"http://localhost:8080/in/{provider}\"");
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_THAT(warning(loaded, "spa.callback_url"), HasSubstr("has no effect"));
}

TEST(Checks, MixUpThroughASharedCallbackUrlIsWarnedOf) {
  const std::string spa =
      "[spa]\norigins = [\"https://app.example.com\"]\ncallback = \"spa\"\n"
      "callback_url = \"https://app.example.com/in\"\n";
  const Loaded shared = load(spa + kTwoProviders);
  EXPECT_EQ(lines(shared.faults), "");
  EXPECT_THAT(warning(shared, "spa.callback_url"), HasSubstr("RFC 9700"));

  const Loaded one = load(spa + kTwoProviders + "enabled = false\n");
  EXPECT_EQ(lines(one.faults), "");
  EXPECT_EQ(warning(one, "spa.callback_url"), "none");
}

TEST(Checks, MailKeysBelongTogether) {
  const std::string smtp = "[mail]\nsmtp_url = \"smtp://localhost:1025\"\n";
  const std::string from = "from = \"a@example.com\"\n";
  EXPECT_THAT(only_fault(load(smtp)), HasSubstr("1: mail.from: is missing beside mail.smtp_url"));
  EXPECT_THAT(only_fault(load(smtp + from + "username = \"a\"\n")),
              HasSubstr("mail.password: is missing beside mail.username"));
  EXPECT_THAT(only_fault(load(smtp + from + "password = \"a\"\n")),
              HasSubstr("mail.username: is missing beside mail.password"));
  EXPECT_THAT(only_fault(load(smtp + "from = \"nobody\"\n")),
              HasSubstr("mail.from: is \"nobody\""));
  expect_fine({smtp + from, smtp + from + "username = \"a\"\npassword = \"b\"\n"});
}

TEST(Checks, NoMailIsAWarning) {
  EXPECT_THAT(warning(load(""), "mail.smtp_url"), HasSubstr("no mail can be sent"));
  EXPECT_EQ(warning(load("[mail]\nsmtp_url = \"smtp://localhost\"\nfrom = \"a@example.com\""),
                    "mail.smtp_url"),
            "none");
  EXPECT_EQ(warning(load("mail.smtp_url = \"localhost\""), "mail.smtp_url"), "none");
}

TEST(Checks, WebhooksAreSignedAndHttps) {
  expect_faults({
      {"[admin]\nwebhook_url = \"https://example.com/hook\"",
       "1: admin.webhook_secret: is missing beside admin.webhook_url"},
      {"[admin]\nwebhook_url = \"http://example.com/hook\"\nwebhook_secret = \"s\"",
       "2: admin.webhook_url: is http"},
      {"[admin]\nwebhook_url = \"example.com\"\n", "2: admin.webhook_url: is \"example.com\""},
  });
  expect_fine({"[admin]\nwebhook_url = \"https://example.com/hook\"\nwebhook_secret = \"s\"",
               "[admin]\nwebhook_url = \"http://localhost:99/hook\"\nwebhook_secret = \"s\""});
}

TEST(Checks, ShortMinimumForPasswordsIsAWarning) {
  EXPECT_THAT(warning(load("accounts.password_min_length = 4"), "accounts.password_min_length"),
              HasSubstr("SP 800-63B"));
  EXPECT_EQ(warning(load(""), "accounts.password_min_length"), "none");
}

}  // namespace
}  // namespace latchkey::config
