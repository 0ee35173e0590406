// What the sign-in flow sees of a provider: where to send the browser, and whom the code that comes
// back stands for. A provider is one small file that holds only what differs; what they share
// (discovery, token requests, ID tokens, keys) is in oauth.h, oidc_discovery.h, id_token.h, jwks.h.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "providers/health.h"

namespace latchkey::providers {

// What goes into the authorization request (RFC 6749 section 4.1.1, RFC 7636, OpenID Connect Core
// section 3.1.2.1).
struct AuthorizeRequest {
  std::string redirect_uri;
  std::string state;
  std::string code_challenge;  // S256 of the verifier
  std::string nonce;           // ignored by providers that issue no ID token
  bool force_login = false;    // re-authentication: ask the provider not to reuse its session
};

// What comes back, and what the flow remembered for it.
struct CodeExchange {
  std::string code;
  std::string redirect_uri;  // byte for byte that of the authorization request
  Secret code_verifier;
  std::string nonce;
  bool force_login = false;  // as it was in the authorization request
};

struct ProviderEmail {
  std::string address;  // normalised by base/email.h; an address outside the grammar is no address
  bool verified = false;       // the provider vouches for it (DESIGN section 6)
  bool authoritative = false;  // and it is the owner of the address's domain, or trusted like one
};

struct Identity {
  std::string provider;  // the configured id
  std::string subject;   // as the provider names the person, byte-exact
  std::optional<ProviderEmail> email;
  std::string name;        // display name, may be empty
  std::string avatar_url;  // https URL, may be empty
};

// How the `iss` of an authorization response is checked (RFC 9207 section 2.4).
struct IssuerRule {
  std::string expected;  // empty: unknown, `iss` is not checked
  bool required = false;
};

// Thread-safe: many sign-ins use one provider at once. All calls but the first three may go to the
// network and block up to the outbound deadline. Faults: provider_unavailable (cannot be reached,
// breaker open, metadata wrong), provider_rejected (it refused our code or request),
// provider_invalid_response (it answered what it must not), domain_not_allowed.
class Provider {
 public:
  virtual ~Provider() = default;

  [[nodiscard]] virtual const std::string& id() const = 0;
  [[nodiscard]] virtual const std::string& label() const = 0;
  [[nodiscard]] virtual ProviderHealth health() const = 0;

  // The absolute URL of the authorization request.
  virtual Result<std::string> authorize_url(const AuthorizeRequest& request) = 0;
  virtual Result<IssuerRule> issuer_rule() = 0;
  // Exchanges the code and fetches the person: one token request, never repeated.
  virtual Result<Identity> identify(const CodeExchange& exchange) = 0;
};

}  // namespace latchkey::providers
