// The OpenID Connect code flow (OpenID Connect Core section 3.1) as google.cpp and oidc.cpp share
// it: discovery, the token request and the verified ID token. Which claims make an identity is the
// provider's own business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "providers/id_token.h"
#include "providers/jwks.h"
#include "providers/oauth.h"
#include "providers/oidc_discovery.h"

namespace latchkey::providers {

// What a provider pins beyond its configuration.
struct OidcRules {
  std::vector<SignatureAlgorithm> algorithms = {SignatureAlgorithm::rs256,
                                                SignatureAlgorithm::es256};
  std::optional<ClientAuthentication> authentication = {};  // absent: as discovery says
  std::vector<std::string> issuer_aliases = {};             // further values of an ID token's `iss`
};

struct OidcSignIn {
  IdToken id_token;  // verified
  Secret access_token;
  std::string userinfo_endpoint;  // empty: unknown
};

class OidcClient {
 public:
  // The references outlive this.
  OidcClient(const config::Provider& settings, Outbound& outbound, const Clock& clock,
             OidcRules rules);

  Result<std::string> authorize_url(const AuthorizeRequest& request, QueryParameters extra);
  Result<IssuerRule> issuer_rule();
  [[nodiscard]] ProviderHealth health() const;
  Result<OidcSignIn> sign_in(const CodeExchange& exchange, const Deadline& deadline);
  // OpenID Connect Core section 5.3, refused unless it speaks of the same `sub`.
  Result<JsonDocument> userinfo(const OidcSignIn& sign_in, const Deadline& deadline);

 private:
  Result<TokenAnswer> tokens(const CodeExchange& exchange, const OidcMetadata& metadata,
                             const Deadline& deadline);

  const config::Provider& settings_;
  Outbound& outbound_;
  const Clock& clock_;
  const OidcRules rules_;
  OidcDiscovery discovery_;
  Jwks jwks_;
};

}  // namespace latchkey::providers
