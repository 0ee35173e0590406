// The two requests of the authorization code grant (RFC 6749 section 4.1) with PKCE (RFC 7636),
// shared by all providers: the URL the browser is sent to, and the code's exchange for tokens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "base/url.h"
#include "providers/outbound.h"
#include "providers/provider.h"

namespace latchkey::providers {

// S256 of a code verifier (RFC 7636 section 4.2).
std::string code_challenge(std::string_view code_verifier);

struct AuthorizeParameters {
  std::string_view endpoint;
  std::string_view client_id;
  std::string scope;
  QueryParameters extra = {};  // what only this provider knows
};

// RFC 6749 section 4.1.1.
std::string build_authorize_url(const AuthorizeParameters& parameters,
                                const AuthorizeRequest& request);

// How the client proves itself at the token endpoint (RFC 6749 section 2.3.1).
enum class ClientAuthentication { client_secret_post, client_secret_basic };

struct TokenRequest {
  std::string_view token_url;
  std::string_view client_id;
  const Secret& client_secret;
  ClientAuthentication authentication = ClientAuthentication::client_secret_post;
  const CodeExchange& exchange;
};

struct TokenAnswer {
  Secret access_token;
  Secret id_token;    // empty when there is none
  std::string scope;  // as granted; empty when the provider does not say
};

// One token request (RFC 6749 section 4.1.3), never repeated. A 4xx answer, and an error that comes
// with status 200 as GitHub sends it, is provider_rejected; a token answer that lacks a Bearer
// token is provider_invalid_response.
Result<TokenAnswer> request_token(Outbound& outbound, const TokenRequest& request,
                                  const Deadline& deadline);

// "a b c" or "a,b,c" from the configured scopes.
std::string join_scopes(const std::vector<std::string>& scopes, char separator = ' ');
// Whether `granted` names `scope`; providers separate with spaces or commas.
bool has_scope(std::string_view granted, std::string_view scope);

// The Authorization header of a request with a Bearer token (RFC 6750 section 2.1).
std::pair<std::string, std::string> bearer(const Secret& access_token);

}  // namespace latchkey::providers
