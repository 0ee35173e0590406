#include "config/checks.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/url.h"
#include "config/duration.h"
#include "config/origins.h"
#include "config/value_checks.h"

namespace latchkey::config {
namespace {

struct PublicUrl {
  bool https;
  bool loopback;
  std::string host;
};

PublicUrl parse_public_url(const Config& config) {
  std::string text = config.server.public_url;
  // Port 0 is no URL's port; it stands for the one the listener gets.
  if (text.ends_with(":0")) text.resize(text.size() - 2);
  const auto url = Url::parse(text);
  if (!url) return {.https = false, .loopback = true, .host = {}};  // reported by its own check
  return {.https = url->scheme == "https", .loopback = url->is_loopback(), .host = url->host};
}

// Whether browsers would drop the cookie for its name's prefix (RFC 6265bis section 4.1.3). They
// compare the prefix without regard to case.
void check_cookie_prefix(const std::string& key, const std::string& name, const Session& session,
                         Report& report) {
  const std::string lower = ascii_lower(name);
  const bool host = lower.starts_with("__host-");
  if (!host && !lower.starts_with("__secure-")) return;
  const std::string prefix = host ? "\"__Host-\"" : "\"__Secure-\"";
  if (!session.cookie_secure && report.sound("session.cookie_secure")) {
    report.fault(key, {"begins with " + prefix + ", which demands Secure cookies",
                       "use an https server.public_url, or a name without " + prefix});
  }
  if (host && !session.cookie_domain.empty()) {
    report.fault(key, {"begins with \"__Host-\", which forbids session.cookie_domain",
                       "remove session.cookie_domain, or use a name without \"__Host-\""});
  }
}

void check_cookies(const Config& config, const PublicUrl& url, Report& report) {
  const Session& session = config.session;
  check_cookie_prefix("session.cookie_name", session.cookie_name, session, report);
  check_cookie_prefix("csrf.cookie_name", config.csrf.cookie_name, session, report);
  if (session.cookie_name == config.csrf.cookie_name) {
    report.fault("csrf.cookie_name",
                 {"is the session cookie's name as well", "give the two cookies different names"});
  }

  if (session.cookie_samesite == SameSite::none && !session.cookie_secure) {
    report.fault("session.cookie_samesite",
                 {"is \"None\", which browsers take from Secure cookies only",
                  "use \"Lax\", or an https server.public_url with session.cookie_secure"});
  }
  if (!session.cookie_secure && url.https && report.sound("session.cookie_secure")) {
    report.warn("session.cookie_secure", {"is false although server.public_url is https",
                                          "remove it, so that cookies never travel in the clear"});
  }
  if (session.cookie_secure && !url.https && !url.loopback) {
    report.warn("session.cookie_secure", {"is true although server.public_url is http",
                                          "browsers will not send the cookie back over http"});
  }

  const std::string& domain = session.cookie_domain;
  if (domain.empty() || !report.sound("server.public_url")) return;
  const bool covers = url.host == domain ||
                      (url.host.ends_with("." + domain) && domain.find('.') != std::string::npos);
  if (!covers) {
    report.fault("session.cookie_domain",
                 {"is " + in_quotes(domain) + ", which does not cover " + in_quotes(url.host),
                  "use the host of server.public_url or a domain above it"});
  }
}

void check_server(const Config& config, const PublicUrl& url, Report& report) {
  const Server& server = config.server;
  if (server.secret_key.empty()) {
    report.fault("server.secret_key",
                 {"is missing",
                  "make one with `latchkey key generate` and set it here or with "
                  "server.secret_key_file"});
  }
  if (!url.https && !url.loopback) {
    report.warn("server.public_url",
                {"is http, so sessions and passwords travel in the clear", "use https"});
  }
  if (server.metrics_listen == server.listen && !server.listen.ends_with(":0")) {
    report.fault("server.metrics_listen",
                 {"is " + in_quotes(server.listen) + ", as server.listen is",
                  "use another port, or \"\" for no metrics"});
  }
  for (const std::string& network : server.trusted_proxies) {
    if (!network.ends_with("/0")) continue;
    report.warn("server.trusted_proxies",
                {"has " + in_quotes(network) + ", so everybody can forge their address",
                 "list only your proxies"});
  }
}

// Where a browser may be sent to: our own paths and the origins that are allowed anyway.
void check_landing_page(const Config& config, const std::string& key, const std::string& value,
                        Report& report) {
  if (value.empty() || is_local_path(value)) return;
  const auto url = Url::parse(value);
  if (!url || origin_allowed(config, url->origin())) return;
  report.fault(key, {"is " + in_quotes(value) + ", of an origin that is not allowed",
                     "add \"" + url->origin() + "\" to spa.origins, or use a path"});
}

void check_callback(const Config& config, Report& report) {
  const Spa& spa = config.spa;
  if (spa.callback == SpaCallback::server) {
    if (spa.callback_url.empty() || !report.sound("spa.callback")) return;
    report.warn("spa.callback_url", {"has no effect while spa.callback is \"server\"",
                                     "set spa.callback = \"spa\", or remove it"});
    return;
  }
  if (spa.callback_url.empty()) {
    if (!report.sound("spa.callback_url")) return;
    report.fault("spa.callback", {"is \"spa\" without spa.callback_url",
                                  "set spa.callback_url to the page that posts the code"});
    return;
  }
  check_landing_page(config, "spa.callback_url", spa.callback_url, report);

  const auto enabled = std::count_if(config.providers.begin(), config.providers.end(),
                                     [](const auto& entry) { return entry.second.enabled; });
  const bool names_provider = callback_url_for(spa.callback_url, "x") != spa.callback_url;
  if (names_provider || enabled < 2) return;
  // A shared redirect URI leaves telling the providers apart to `iss`, which not all send.
  report.warn("spa.callback_url", {"is the same for all providers (mix-up, RFC 9700 section 4.4)",
                                   "put {provider} into it"});
}

void check_spa(const Config& config, Report& report) {
  const Spa& spa = config.spa;
  // An unknown origin may only be unknown because the keys that name it have faults.
  if (!report.sound("spa.origins") || !report.sound("server.public_url")) return;
  check_landing_page(config, "spa.login_url", spa.login_url, report);
  check_landing_page(config, "spa.error_url", spa.error_url, report);
  check_landing_page(config, "spa.pending_url", spa.pending_url, report);
  check_landing_page(config, "spa.default_next", spa.default_next, report);
  check_callback(config, report);
}

void check_session(const Config& config, Report& report) {
  const Session& session = config.session;
  if (session.idle_timeout > session.absolute_timeout && report.sound("session.idle_timeout") &&
      report.sound("session.absolute_timeout")) {
    report.fault("session.idle_timeout", {"is longer than session.absolute_timeout, which is " +
                                              format_duration(session.absolute_timeout),
                                          "use at most that"});
  }
  if (session.store == SessionStore::django) {
    report.fault("session.store",
                 {"is \"django\", which is not in this build", "use \"latchkey\""});
  }
  if (config.tokens.enabled) {
    report.warn("tokens.enabled", {"has no effect in this version", "remove it"});
  }
  if (config.accounts.password_min_length < 8) {
    report.warn("accounts.password_min_length",
                {"is below 8, the least that NIST SP 800-63B allows", "use 8 or more"});
  }
}

void check_mail(const Config& config, Report& report) {
  const Mail& mail = config.mail;
  if (mail.smtp_url.empty()) {
    if (!report.sound("mail.smtp_url")) return;
    report.warn("mail.smtp_url",
                {"is not set, so no mail can be sent", "set mail.smtp_url and mail.from"});
    return;
  }
  if (mail.from.empty()) {
    report.fault("mail.from",
                 {"is missing beside mail.smtp_url", "set the address that mails come from"});
  }
  if (mail.username.empty() && !mail.password.empty()) {
    report.fault("mail.username", {"is missing beside mail.password", "set both or neither"});
  }
  if (!mail.username.empty() && mail.password.empty()) {
    report.fault("mail.password", {"is missing beside mail.username", "set both or neither"});
  }
}

void check_admin(const Config& config, Report& report) {
  const Admin& admin = config.admin;
  const auto url = Url::parse(admin.webhook_url);
  if (!url) return;
  if (url->scheme != "https" && !url->is_loopback()) {
    report.fault("admin.webhook_url",
                 {"is http", "use https; plain http is for loopback addresses only"});
  }
  if (admin.webhook_secret.empty()) {
    report.fault("admin.webhook_secret",
                 {"is missing beside admin.webhook_url",
                  "set a secret for the signatures, e.g. with `latchkey key generate`"});
  }
}

}  // namespace

void check_contradictions(const Config& config, Report& report) {
  const PublicUrl url = parse_public_url(config);
  check_server(config, url, report);
  check_cookies(config, url, report);
  check_session(config, report);
  check_spa(config, report);
  check_mail(config, report);
  check_providers(config, report);
  check_admin(config, report);
}

}  // namespace latchkey::config
