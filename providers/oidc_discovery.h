// What an OpenID provider says of itself (OpenID Connect Discovery 1.0): its endpoints, how a
// client proves itself, whether it names itself in authorization responses (RFC 9207). Fetched at
// first use, kept for an hour; a provider that is down at start-up does not keep the service down.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "config/config.h"
#include "providers/cached.h"
#include "providers/oauth.h"
#include "providers/outbound.h"

namespace latchkey::providers {

struct OidcMetadata {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string userinfo_endpoint;  // may be empty
  ClientAuthentication authentication = ClientAuthentication::client_secret_basic;
  bool iss_required = false;  // authorization_response_iss_parameter_supported
};

// Checks a discovery document against the configuration; pure. The error's detail is the reason.
Result<OidcMetadata> read_metadata(JsonView document, const config::Provider& settings);

class OidcDiscovery {
 public:
  // Without `settings.issuer` the metadata is unusable. The configured URLs, where set, take the
  // place of the discovered ones; with all of authorize_url, token_url and jwks_url set nothing is
  // fetched at all. The references outlive this.
  OidcDiscovery(const config::Provider& settings, Outbound& outbound, const Clock& clock);

  // Every fault is provider_unavailable and logged with its reason: while its metadata is wrong a
  // provider is off.
  Result<std::shared_ptr<const OidcMetadata>> metadata(const Deadline& deadline);
  // Why there is no metadata, as it was logged; nullopt when there is some (which stays good while
  // it cannot be renewed), or nobody has asked for it yet.
  [[nodiscard]] std::optional<std::string> fault() const;

 private:
  Result<OidcMetadata> fetch(const Deadline& deadline);
  void note(const Result<OidcMetadata>& fetched);

  const config::Provider& settings_;
  Outbound& outbound_;
  Cached<OidcMetadata> cache_;
  mutable std::mutex mutex_;
  bool known_ = false;
  std::string fault_;
};

}  // namespace latchkey::providers
