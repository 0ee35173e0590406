#include "providers/oidc_discovery.h"

#include <algorithm>

#include "base/log.h"
#include "base/try.h"
#include "providers/endpoints.h"

namespace latchkey::providers {
namespace {

bool is_endpoint(std::string_view text, bool allow_http) {
  const auto url = Url::parse(text);
  if (!url || !url->fragment.empty()) return false;
  return url->scheme == "https" || (allow_http && url->is_loopback());
}

struct Endpoint {
  std::string_view name;
  const std::string& configured;
  bool required = true;
};

// The configured URL, else the document's.
Result<std::string> endpoint(JsonView document, const config::Provider& settings,
                             const Endpoint& wanted) {
  std::string url = wanted.configured;
  if (url.empty()) {
    const JsonView member = document[wanted.name];
    if (!member.exists() && !wanted.required) return url;
    url = member.string().value_or("");
  }
  if (!is_endpoint(url, settings.allow_http)) {
    return fail(ErrorCode::provider_unavailable,
                std::string(wanted.name) + " is missing or not an https URL");
  }
  return url;
}

Result<ClientAuthentication> authentication(JsonView methods) {
  // OpenID Connect Discovery section 3: without a word it is client_secret_basic.
  if (!methods.exists()) return ClientAuthentication::client_secret_basic;
  const auto listed = methods.items();
  const auto has = [&listed](std::string_view method) {
    return std::any_of(listed.begin(), listed.end(),
                       [method](JsonView item) { return item.string() == method; });
  };
  if (has("client_secret_basic")) return ClientAuthentication::client_secret_basic;
  if (has("client_secret_post")) return ClientAuthentication::client_secret_post;
  return fail(ErrorCode::provider_unavailable,
              "token_endpoint_auth_methods_supported has no client secret method");
}

std::string discovery_url(std::string issuer) {
  // OpenID Connect Discovery section 4.1: a terminating slash goes before the path is appended.
  return base_url(std::move(issuer)) + "/.well-known/openid-configuration";
}

}  // namespace

Result<OidcMetadata> read_metadata(JsonView document, const config::Provider& settings) {
  if (settings.issuer.empty()) {
    return fail(ErrorCode::provider_unavailable,
                "issuer is not set, so no ID token can be checked");
  }
  // Section 4.3: exactly the issuer that was asked for, else one provider could speak for another.
  if (document.exists() && document["issuer"].string() != settings.issuer) {
    return fail(ErrorCode::provider_unavailable, "its issuer is not the configured one");
  }
  OidcMetadata metadata{.issuer = settings.issuer};
  LATCHKEY_TRY_ASSIGN(
      metadata.authorization_endpoint,
      endpoint(document, settings,
               {.name = "authorization_endpoint", .configured = settings.authorize_url}));
  LATCHKEY_TRY_ASSIGN(
      metadata.token_endpoint,
      endpoint(document, settings, {.name = "token_endpoint", .configured = settings.token_url}));
  LATCHKEY_TRY_ASSIGN(
      metadata.jwks_uri,
      endpoint(document, settings, {.name = "jwks_uri", .configured = settings.jwks_url}));
  LATCHKEY_TRY_ASSIGN(metadata.userinfo_endpoint, endpoint(document, settings,
                                                           {.name = "userinfo_endpoint",
                                                            .configured = settings.userinfo_url,
                                                            .required = false}));
  LATCHKEY_TRY_ASSIGN(metadata.authentication,
                      authentication(document["token_endpoint_auth_methods_supported"]));
  metadata.iss_required =
      document["authorization_response_iss_parameter_supported"].boolean().value_or(false);
  return metadata;
}

OidcDiscovery::OidcDiscovery(const config::Provider& settings, Outbound& outbound,
                             const Clock& clock)
    : settings_(settings), outbound_(outbound), cache_(clock) {}

Result<std::shared_ptr<const OidcMetadata>> OidcDiscovery::metadata(const Deadline& deadline) {
  return cache_.get([&] { return fetch(deadline); });
}

std::optional<std::string> OidcDiscovery::fault() const {
  const std::lock_guard lock(mutex_);
  if (known_ || fault_.empty()) return std::nullopt;
  return fault_;
}

void OidcDiscovery::note(const Result<OidcMetadata>& fetched) {
  const std::lock_guard lock(mutex_);
  if (fetched) {
    known_ = true;
  } else {
    fault_ = fetched.error().detail;
  }
}

Result<OidcMetadata> OidcDiscovery::fetch(const Deadline& deadline) {
  const bool nothing_to_ask = !settings_.authorize_url.empty() && !settings_.token_url.empty() &&
                              !settings_.jwks_url.empty();
  auto metadata = [&]() -> Result<OidcMetadata> {
    if (nothing_to_ask || settings_.issuer.empty()) return read_metadata(JsonView(), settings_);
    LATCHKEY_TRY_ASSIGN(const JsonDocument document,
                        outbound_.get_object({.url = discovery_url(settings_.issuer),
                                              .headers = {{"Accept", "application/json"}}},
                                             deadline));
    return read_metadata(document.root(), settings_);
  }();
  note(metadata);
  if (metadata) return metadata;
  log::warn("provider.metadata_unusable",
            {{"provider", settings_.id}, {"reason", metadata.error().detail}});
  return fail({.code = ErrorCode::provider_unavailable,
               .detail = "metadata: " + metadata.error().detail,
               .retry_after = metadata.error().retry_after});
}

}  // namespace latchkey::providers
