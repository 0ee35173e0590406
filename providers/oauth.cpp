#include "providers/oauth.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/try.h"

namespace latchkey::providers {
namespace {

// The names of errors that say something to an operator. Any other text an answer calls its error
// is the provider's own and stays out of the log.
constexpr std::string_view kKnownErrors[] = {
    // RFC 6749 section 5.2
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
    "unsupported_grant_type", "invalid_scope",
    // GitHub
    "incorrect_client_credentials", "redirect_uri_mismatch", "bad_verification_code",
    "unverified_user_email", "application_suspended"};

std::string_view known_error(JsonView error) {
  const auto name = error.string();
  for (const std::string_view known : kKnownErrors) {
    if (name == known) return known;
  }
  return "an error of its own";
}

// RFC 6749 section 2.3.1: both parts form-encoded before they are joined, so that a colon in either
// cannot move the border.
std::string basic_credentials(const TokenRequest& request) {
  return "Basic " + base64_encode(percent_encode(request.client_id) + ":" +
                                  percent_encode(request.client_secret.reveal()));
}

HttpRequest token_http_request(const TokenRequest& request) {
  QueryParameters form = {{"grant_type", "authorization_code"},
                          {"code", request.exchange.code},
                          {"redirect_uri", request.exchange.redirect_uri},
                          {"code_verifier", std::string(request.exchange.code_verifier.reveal())}};
  HttpRequest http{.method = HttpMethod::post,
                   .url = std::string(request.token_url),
                   .headers = {{"Accept", "application/json"},
                               {"Content-Type", "application/x-www-form-urlencoded"}}};
  if (request.authentication == ClientAuthentication::client_secret_basic) {
    http.headers.emplace_back("Authorization", basic_credentials(request));
  } else {
    form.emplace_back("client_id", request.client_id);
    form.emplace_back("client_secret", request.client_secret.reveal());
  }
  http.body = build_query(form);
  return http;
}

// VSCHAR (RFC 6749 appendix A.12). It goes into a header, where a line break would begin another.
bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

Result<TokenAnswer> read_token_answer(const JsonAnswer& answer) {
  const JsonView root = answer.document.root();
  if (!answer.ok() || root["error"].exists()) {
    return fail(ErrorCode::provider_rejected,
                "token request: " + std::string(known_error(root["error"])) + ", status " +
                    std::to_string(answer.response.status));
  }
  const auto access_token = root["access_token"].string();
  const auto token_type = root["token_type"].string();
  if (!access_token || !is_token(*access_token)) {
    return fail(ErrorCode::provider_invalid_response, "token answer without access_token");
  }
  // A token of another type would not be proof in the hands of its bearer (RFC 6749 section 7.1).
  if (!token_type || !ascii_iequals(*token_type, "bearer")) {
    return fail(ErrorCode::provider_invalid_response, "token_type is not Bearer");
  }
  return TokenAnswer{.access_token = Secret(std::string(*access_token)),
                     .id_token = Secret(std::string(root["id_token"].string().value_or(""))),
                     .scope = std::string(root["scope"].string().value_or(""))};
}

}  // namespace

std::string code_challenge(std::string_view code_verifier) {
  return base64url_encode(sha256(code_verifier));
}

std::string build_authorize_url(const AuthorizeParameters& parameters,
                                const AuthorizeRequest& request) {
  QueryParameters query = {{"response_type", "code"},
                           {"client_id", std::string(parameters.client_id)},
                           {"redirect_uri", request.redirect_uri},
                           {"scope", parameters.scope},
                           {"state", request.state},
                           {"code_challenge", request.code_challenge},
                           {"code_challenge_method", "S256"}};
  query.insert(query.end(), parameters.extra.begin(), parameters.extra.end());
  return with_query(parameters.endpoint, query);
}

Result<TokenAnswer> request_token(Outbound& outbound, const TokenRequest& request,
                                  const Deadline& deadline) {
  LATCHKEY_TRY_ASSIGN(const JsonAnswer answer,
                      outbound.send(token_http_request(request), deadline));
  return read_token_answer(answer);
}

std::string join_scopes(const std::vector<std::string>& scopes, char separator) {
  std::string joined;
  for (const std::string& scope : scopes) {
    if (!joined.empty()) joined += separator;
    joined += scope;
  }
  return joined;
}

bool has_scope(std::string_view granted, std::string_view scope) {
  while (!granted.empty()) {
    const std::size_t end = granted.find_first_of(" ,");
    if (granted.substr(0, end) == scope) return true;
    if (end == std::string_view::npos) return false;
    granted.remove_prefix(end + 1);
  }
  return false;
}

std::pair<std::string, std::string> bearer(const Secret& access_token) {
  return {"Authorization", "Bearer " + std::string(access_token.reveal())};
}

}  // namespace latchkey::providers
