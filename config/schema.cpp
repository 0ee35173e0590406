#include "config/schema.h"

#include <algorithm>

#include "config/value_checks.h"

namespace latchkey::config {
namespace {

template <class Section, class T>
Member<T> at(Section Config::*section, T Section::*member) {
  return [section, member](Target target) -> T& { return target.config->*section.*member; };
}
template <class T>
Member<T> at(T Provider::*member) {
  return [member](Target target) -> T& { return target.provider->*member; };
}
template <class Enum>
Choice choice(const Member<Enum>& member, const std::vector<std::string_view>& names) {
  return Choice{
      .names = names,
      .set = [member](Target t, std::size_t index) { member(t) = static_cast<Enum>(index); },
      .get = [member](Target t) { return static_cast<std::size_t>(member(t)); }};
}

std::vector<Key> make_schema() {
  constexpr int kMany = 1'000'000;
  constexpr int kLongestRetention = 36'500;  // days
  constexpr bool kNeverEmpty = true;
  using C = Config;
  return {
      {"server", "listen",
       Path{at(&C::server, &Server::listen), check_listen, "unix:", kNeverEmpty}},
      {"server", "public_url",
       Text{at(&C::server, &Server::public_url), check_public_url, kNeverEmpty}},
      {"server", "trusted_proxies", List{at(&C::server, &Server::trusted_proxies), check_network}},
      {"server", "secret_key", SecretText{at(&C::server, &Server::secret_key), check_secret_key}},
      {"server", "secret_key_fallbacks",
       SecretList{at(&C::server, &Server::secret_key_fallbacks), check_secret_key}},
      {"server", "metrics_listen",
       Text{at(&C::server, &Server::metrics_listen), check_host_and_port}},
      {"server", "demo", Flag{at(&C::server, &Server::demo)}},

      {"database", "url", SecretText{at(&C::database, &Database::url), check_database_url}},
      {"database", "pool_size", Integer{at(&C::database, &Database::pool_size), 1, 100}},

      {"session", "cookie_name",
       Text{at(&C::session, &Session::cookie_name), check_cookie_name, kNeverEmpty}},
      {"session", "cookie_domain", Text{at(&C::session, &Session::cookie_domain), check_domain}},
      {"session", "cookie_samesite",
       choice(at(&C::session, &Session::cookie_samesite), {"Lax", "Strict", "None"})},
      {"session", "cookie_secure", Flag{at(&C::session, &Session::cookie_secure)}},
      {"session", "idle_timeout", Span{at(&C::session, &Session::idle_timeout)}},
      {"session", "absolute_timeout", Span{at(&C::session, &Session::absolute_timeout)}},
      {"session", "store", choice(at(&C::session, &Session::store), {"latchkey", "django"})},
      {"session", "remember_social", Flag{at(&C::session, &Session::remember_social)}},
      {"session", "cache", Flag{at(&C::session, &Session::cache)}},

      {"csrf", "cookie_name",
       Text{at(&C::csrf, &Csrf::cookie_name), check_cookie_name, kNeverEmpty}},
      {"csrf", "header_name",
       Text{at(&C::csrf, &Csrf::header_name), check_header_name, kNeverEmpty}},

      {"spa", "origins", List{at(&C::spa, &Spa::origins), check_origin}},
      {"spa", "login_url", Text{at(&C::spa, &Spa::login_url), check_target}},
      {"spa", "error_url", Text{at(&C::spa, &Spa::error_url), check_target}},
      {"spa", "pending_url", Text{at(&C::spa, &Spa::pending_url), check_target}},
      {"spa", "default_next", Text{at(&C::spa, &Spa::default_next), check_target, kNeverEmpty}},
      {"spa", "callback", choice(at(&C::spa, &Spa::callback), {"server", "spa"})},
      {"spa", "callback_url", Text{at(&C::spa, &Spa::callback_url), check_callback_url}},

      {"accounts", "signup", Flag{at(&C::accounts, &Accounts::signup)}},
      {"accounts", "email_verification",
       choice(at(&C::accounts, &Accounts::email_verification), {"mandatory", "optional"})},
      {"accounts", "password_min_length",
       Integer{at(&C::accounts, &Accounts::password_min_length), 1, 256}},

      {"mail", "smtp_url", Text{at(&C::mail, &Mail::smtp_url), check_smtp_url}},
      {"mail", "from", Text{at(&C::mail, &Mail::from), check_mail_address}},
      {"mail", "username", Text{at(&C::mail, &Mail::username), check_plain_text}},
      {"mail", "password", SecretText{at(&C::mail, &Mail::password)}},
      {"mail", "language", Text{at(&C::mail, &Mail::language), check_language, kNeverEmpty}},
      {"mail", "templates_dir", Path{at(&C::mail, &Mail::templates_dir), check_directory}},

      {"tokens", "enabled", Flag{at(&C::tokens, &Tokens::enabled)}},
      {"tokens", "access_lifetime", Span{at(&C::tokens, &Tokens::access_lifetime)}},
      {"tokens", "refresh_lifetime", Span{at(&C::tokens, &Tokens::refresh_lifetime)}},

      {"providers", "type", choice(at(&Provider::type), {"github", "google", "facebook", "oidc"})},
      {"providers", "enabled", Flag{at(&Provider::enabled)}},
      {"providers", "client_id", Text{at(&Provider::client_id), check_plain_text}},
      {"providers", "client_secret", SecretText{at(&Provider::client_secret)}},
      {"providers", "label", Text{at(&Provider::label), check_plain_text}},
      {"providers", "scopes", List{at(&Provider::scopes), check_scope}},
      {"providers", "authorize_url", Endpoint{at(&Provider::authorize_url)}},
      {"providers", "token_url", Endpoint{at(&Provider::token_url)}},
      {"providers", "api_url", Endpoint{at(&Provider::api_url)}},
      {"providers", "issuer", Endpoint{at(&Provider::issuer)}},
      {"providers", "jwks_url", Endpoint{at(&Provider::jwks_url)}},
      {"providers", "userinfo_url", Endpoint{at(&Provider::userinfo_url)}},
      {"providers", "trust_email", OptionalFlag{at(&Provider::trust_email)}},
      {"providers", "allowed_domains", List{at(&Provider::allowed_domains), check_domain}},
      {"providers", "hosted_domain", Text{at(&Provider::hosted_domain), check_domain}},
      {"providers", "allow_http", Flag{at(&Provider::allow_http)}},
      {"providers", "allow_private_addresses", Flag{at(&Provider::allow_private_addresses)}},

      {"outbound", "ca_file", Path{at(&C::outbound, &Outbound::ca_file), check_file, ""}},

      {"admin", "webhook_url", Text{at(&C::admin, &Admin::webhook_url), check_absolute_url}},
      {"admin", "webhook_secret", SecretText{at(&C::admin, &Admin::webhook_secret)}},

      {"audit", "retention_days",
       Integer{at(&C::audit, &Audit::retention_days), 0, kLongestRetention}},

      {"django", "secret_key", SecretText{at(&C::django, &Django::secret_key)}},
      {"django", "secret_key_fallbacks", SecretList{at(&C::django, &Django::secret_key_fallbacks)}},
      {"django", "user_table",
       Text{at(&C::django, &Django::user_table), check_table_name, kNeverEmpty}},
      {"django", "session_table",
       Text{at(&C::django, &Django::session_table), check_table_name, kNeverEmpty}},
      {"django", "auth_backend",
       Text{at(&C::django, &Django::auth_backend), check_plain_text, kNeverEmpty}},

      {"limits", "enabled", Flag{at(&C::limits, &Limits::enabled)}},
      {"limits", "login_per_minute", Integer{at(&C::limits, &Limits::login_per_minute), 1, kMany}},
      {"limits", "login_failures_per_minute",
       Integer{at(&C::limits, &Limits::login_failures_per_minute), 1, kMany}},
      {"limits", "account_failures", Integer{at(&C::limits, &Limits::account_failures), 1, kMany}},
      {"limits", "account_window", Span{at(&C::limits, &Limits::account_window)}},
      {"limits", "signup_per_minute",
       Integer{at(&C::limits, &Limits::signup_per_minute), 1, kMany}},
      {"limits", "reset_per_minute", Integer{at(&C::limits, &Limits::reset_per_minute), 1, kMany}},
      {"limits", "mail_interval", Span{at(&C::limits, &Limits::mail_interval)}},
  };
}

}  // namespace

bool Key::is_secret() const {
  return std::holds_alternative<SecretText>(slot) || std::holds_alternative<SecretList>(slot);
}

bool Key::is_list() const {
  return std::holds_alternative<List>(slot) || std::holds_alternative<SecretList>(slot);
}

std::string Key::full_name(std::string_view provider_id) const {
  std::string out(section);
  if (of_provider()) out.append(".").append(printable(provider_id));
  return out.append(".").append(name);
}

const std::vector<Key>& schema() {
  static const std::vector<Key> keys = make_schema();
  return keys;
}

const Key* find_key(std::string_view section, std::string_view name) {
  const auto found = std::find_if(schema().begin(), schema().end(), [&](const Key& key) {
    return key.section == section && key.name == name;
  });
  return found == schema().end() ? nullptr : &*found;
}

bool is_section(std::string_view name) {
  return std::any_of(schema().begin(), schema().end(),
                     [&](const Key& key) { return key.section == name; });
}

}  // namespace latchkey::config
