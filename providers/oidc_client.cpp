#include "providers/oidc_client.h"

#include <algorithm>

#include "base/try.h"

namespace latchkey::providers {
namespace {

// Without `openid` there would be no ID token (OpenID Connect Core section 3.1.2.1).
std::string scope_with_openid(const std::vector<std::string>& scopes) {
  const std::string scope = join_scopes(scopes);
  return has_scope(scope, "openid") ? scope : "openid " + scope;
}

}  // namespace

OidcClient::OidcClient(const config::Provider& settings, Outbound& outbound, const Clock& clock,
                       OidcRules rules)
    : settings_(settings),
      outbound_(outbound),
      clock_(clock),
      rules_(std::move(rules)),
      discovery_(settings, outbound, clock),
      jwks_(outbound, clock) {}

Result<std::string> OidcClient::authorize_url(const AuthorizeRequest& request,
                                              QueryParameters extra) {
  const Deadline deadline(clock_);
  LATCHKEY_TRY_ASSIGN(const auto metadata, discovery_.metadata(deadline));
  extra.emplace_back("nonce", request.nonce);
  return build_authorize_url({.endpoint = metadata->authorization_endpoint,
                              .client_id = settings_.client_id,
                              .scope = scope_with_openid(settings_.scopes),
                              .extra = std::move(extra)},
                             request);
}

Result<IssuerRule> OidcClient::issuer_rule() {
  const Deadline deadline(clock_);
  LATCHKEY_TRY_ASSIGN(const auto metadata, discovery_.metadata(deadline));
  return IssuerRule{.expected = metadata->issuer, .required = metadata->iss_required};
}

// One that is ill says when it is asked again, which is more than that its metadata is missing.
ProviderHealth OidcClient::health() const {
  ProviderHealth health = outbound_.health();
  if (health.state == ProviderHealth::State::ill) return health;
  if (auto fault = discovery_.fault()) {
    health.state = ProviderHealth::State::off;
    health.detail = std::move(*fault);
  }
  return health;
}

Result<TokenAnswer> OidcClient::tokens(const CodeExchange& exchange, const OidcMetadata& metadata,
                                       const Deadline& deadline) {
  return request_token(outbound_,
                       {.token_url = metadata.token_endpoint,
                        .client_id = settings_.client_id,
                        .client_secret = settings_.client_secret,
                        .authentication = rules_.authentication.value_or(metadata.authentication),
                        .exchange = exchange},
                       deadline);
}

Result<OidcSignIn> OidcClient::sign_in(const CodeExchange& exchange, const Deadline& deadline) {
  LATCHKEY_TRY_ASSIGN(const auto metadata, discovery_.metadata(deadline));
  LATCHKEY_TRY_ASSIGN(TokenAnswer answer, tokens(exchange, *metadata, deadline));
  LATCHKEY_TRY_ASSIGN(IdToken token, IdToken::read(answer.id_token.reveal(), rules_.algorithms));
  LATCHKEY_TRY_ASSIGN(const auto keys,
                      jwks_.candidates(metadata->jwks_uri, token.header(), deadline));
  std::vector<std::string> issuers = rules_.issuer_aliases;
  issuers.push_back(metadata->issuer);
  LATCHKEY_TRY(token.verify(keys, {.issuers = std::move(issuers),
                                   .client_id = settings_.client_id,
                                   .nonce = exchange.nonce,
                                   .access_token = answer.access_token.reveal(),
                                   .now = clock_.now(),
                                   .fresh_login = exchange.force_login}));
  return OidcSignIn{.id_token = std::move(token),
                    .access_token = std::move(answer.access_token),
                    .userinfo_endpoint = metadata->userinfo_endpoint};
}

Result<JsonDocument> OidcClient::userinfo(const OidcSignIn& sign_in, const Deadline& deadline) {
  LATCHKEY_TRY_ASSIGN(JsonDocument document,
                      outbound_.get_object({.url = sign_in.userinfo_endpoint,
                                            .headers = {{"Accept", "application/json"},
                                                        bearer(sign_in.access_token)}},
                                           deadline));
  if (document.root()["sub"].string() != sign_in.id_token.subject()) {
    return fail(ErrorCode::provider_invalid_response, "userinfo speaks of another sub");
  }
  return document;
}

}  // namespace latchkey::providers
