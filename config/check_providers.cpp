#include <algorithm>
#include <array>

#include "base/url.h"
#include "config/checks.h"
#include "config/schema.h"

namespace latchkey::config {
namespace {

// The routes /auth/providers, /auth/verify, ... stand where a provider's id would.
constexpr std::array<std::string_view, 5> kRoutes = {"providers", "verify", "error", "pending",
                                                     "assets"};

bool fits_grammar(std::string_view id) {
  return !id.empty() && id.size() <= 32 && id.front() != '-' &&
         id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

void check_id(const std::string& name, const std::string& id, Report& report) {
  if (!fits_grammar(id)) {
    report.fault(name, {"is no provider id",
                        "use up to 32 of a-z, 0-9 and \"-\", beginning with a letter or digit"});
  } else if (id == "google-oauth2") {
    report.fault(name, {"is a reserved id: an alias of google", "name it [providers.google]"});
  } else if (std::find(kRoutes.begin(), kRoutes.end(), id) != kRoutes.end()) {
    report.fault(name, {"is a reserved id: /auth/" + id + " is a route", "use another id"});
  }
}

void check_credentials(const std::string& name, const Provider& provider, Report& report) {
  if (provider.client_id.empty()) {
    report.fault(name + ".client_id",
                 {"is missing", "set what the provider gave you, or enabled = false"});
  }
  if (provider.client_secret.empty()) {
    report.fault(name + ".client_secret",
                 {"is missing", "set it here or with client_secret_file, or enabled = false"});
  }
}

// Also where the URLs are written down: without the issuer no ID token could be checked (OpenID
// Connect Core section 3.1.3.7).
void check_issuer(const std::string& name, const Provider& provider, Report& report) {
  if (provider.type != ProviderType::oidc || !provider.issuer.empty()) return;
  report.fault(
      name + ".issuer",
      {"is missing", "set the `iss` of its ID tokens, such as \"https://id.example.com\""});
}

void check_endpoint(const std::string& key, const std::string& value, bool allow_http,
                    Report& report) {
  if (value.empty()) return;
  const auto url = Url::parse(value);
  if (!url || !url->fragment.empty()) {
    report.fault(key, {"is " + in_quotes(value), "use an absolute https URL"});
  } else if (url->scheme == "http" && !url->is_loopback()) {
    report.fault(key, {"is " + in_quotes(value) + ", which is http", "use https"});
  } else if (url->scheme == "http" && !allow_http) {
    report.fault(key, {"is " + in_quotes(value) + ", which is http",
                       "use https, or allow_http = true for a provider in development"});
  }
}

void check_provider(const Provider& provider, Report& report) {
  const std::string name = "providers." + printable(provider.id);
  check_id(name, provider.id, report);

  // The schema says which keys are URLs. Its members want something they could write to.
  Provider copy = provider;
  for (const Key& key : schema()) {
    const auto* endpoint = std::get_if<Endpoint>(&key.slot);
    if (endpoint == nullptr) continue;
    const std::string& value = endpoint->member({.provider = &copy});
    check_endpoint(key.full_name(provider.id), value, provider.allow_http, report);
  }

  if (!provider.hosted_domain.empty() && provider.type != ProviderType::google) {
    report.fault(name + ".hosted_domain",
                 {"is set for a provider that is not Google", "use allowed_domains"});
  }
  if (!provider.enabled || !report.sound(name + ".enabled")) return;
  check_credentials(name, provider, report);
  if (report.sound(name + ".type")) check_issuer(name, provider, report);
}

}  // namespace

void check_providers(const Config& config, Report& report) {
  bool any_enabled = false;
  for (const auto& [id, provider] : config.providers) {
    check_provider(provider, report);
    any_enabled = any_enabled || provider.enabled;
  }
  if (!any_enabled) {
    report.warn("providers", {"has no enabled provider, so there is no social sign-in",
                              "add one, such as [providers.github]"});
  }
}

}  // namespace latchkey::config
