// What an operator can set (DESIGN section 4), as plain structs with the defaults in place.
// Loading, environment overrides and the report of every fault are in config/load.h; the keys
// themselves are one table in config/schema.cpp.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"

namespace latchkey::config {

using std::chrono::seconds;

enum class SameSite { lax, strict, none };
enum class SessionStore { latchkey, django };
enum class SpaCallback { server, spa };
enum class EmailVerification { mandatory, optional };
enum class ProviderType { github, google, facebook, oidc };

struct Server {
  std::string listen = "127.0.0.1:8080";  // host:port or unix:/path; port 0 asks the system for one
  // No trailing slash. Port 0 stands for the port that `listen` got.
  std::string public_url = "http://localhost:8080";
  std::vector<std::string> trusted_proxies;  // addresses or CIDRs
  Secret secret_key;                         // at least 32 bytes
  std::vector<Secret> secret_key_fallbacks;
  std::string metrics_listen = "127.0.0.1:9464";  // empty: off
  bool demo = false;
};

struct Database {
  Secret url;  // libpq URI or empty for libpq's own environment; may hold a password
  int pool_size = 8;
};

struct Session {
  std::string cookie_name = "sessionid";
  std::string cookie_domain;
  SameSite cookie_samesite = SameSite::lax;
  bool cookie_secure = false;  // loading sets it when public_url is https and the key is absent
  seconds idle_timeout = std::chrono::hours(24);
  seconds absolute_timeout = std::chrono::days(14);
  SessionStore store = SessionStore::latchkey;
  bool remember_social = true;
  bool cache = true;
};

struct Csrf {
  std::string cookie_name = "csrftoken";
  std::string header_name = "X-CSRFToken";
};

struct Spa {
  std::vector<std::string> origins;  // "https://app.example.com" or "https://*.preview.example.com"
  std::string login_url;             // empty: the built-in page
  std::string error_url;
  std::string pending_url;
  std::string default_next = "/";
  SpaCallback callback = SpaCallback::server;
  std::string callback_url;  // empty: <public_url>/auth/{provider}/callback
};

struct Accounts {
  bool signup = true;
  EmailVerification email_verification = EmailVerification::mandatory;
  int password_min_length = 8;
};

struct Mail {
  std::string smtp_url;  // empty: no mail
  std::string from;
  std::string username;
  Secret password;
  std::string language = "en";
  std::string templates_dir;  // empty: only the built-in texts
};

struct Tokens {
  bool enabled = false;
  seconds access_lifetime = std::chrono::minutes(10);
  seconds refresh_lifetime = std::chrono::days(14);
};

// An empty URL means the type's own default (providers/registry.cpp).
struct Provider {
  std::string id;
  ProviderType type = ProviderType::oidc;
  bool enabled = true;
  std::string client_id;
  Secret client_secret;
  std::string label;
  std::vector<std::string> scopes;
  std::string authorize_url, token_url, api_url, issuer, jwks_url, userinfo_url;
  std::optional<bool> trust_email;
  std::vector<std::string> allowed_domains;
  std::string hosted_domain;
  bool allow_http = false;
  bool allow_private_addresses = false;
};

struct Outbound {
  std::string ca_file;
};

struct Admin {
  std::string webhook_url;
  Secret webhook_secret;
};

struct Audit {
  int retention_days = 365;  // 0: for ever
};

struct Django {
  Secret secret_key;
  std::vector<Secret> secret_key_fallbacks;
  std::string user_table = "auth_user";
  std::string session_table = "django_session";
  std::string auth_backend = "django.contrib.auth.backends.ModelBackend";
};

struct Limits {
  bool enabled = true;
  int login_per_minute = 30;
  int login_failures_per_minute = 10;
  int account_failures = 5;
  seconds account_window = std::chrono::minutes(5);
  int signup_per_minute = 20;
  int reset_per_minute = 20;
  seconds mail_interval = std::chrono::minutes(3);
};

struct Config {
  Server server;
  Database database;
  Session session;
  Csrf csrf;
  Spa spa;
  Accounts accounts;
  Mail mail;
  Tokens tokens;
  std::map<std::string, Provider> providers;  // by id
  Outbound outbound;
  Admin admin;
  Audit audit;
  Django django;
  Limits limits;
};

}  // namespace latchkey::config
