// Google and the generic OpenID provider: OpenID Connect Discovery 1.0 and Core 1.0. They differ in
// the signature algorithm (RS256 and ES256) and in the form of their tokens and errors.
#include "base/json.h"
#include "providers/dev/endpoints.h"
#include "providers/dev/exchange.h"
#include "providers/dev/id_token.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::size_t kTokenBytes = 48;

struct OAuthError {
  int status;
  std::string_view error;
  std::string_view description;
};

// RFC 6749 section 5.2; redirect_uri_mismatch is Google's own.
OAuthError describe(TokenRefusal why, StandIn stand_in) {
  const bool google = stand_in == StandIn::google;
  switch (why) {
    case TokenRefusal::bad_client:
      return {401, "invalid_client",
              google ? "Unauthorized" : "The client or its secret is wrong."};
    case TokenRefusal::bad_grant_type:
      return {400, "unsupported_grant_type", "grant_type must be authorization_code."};
    case TokenRefusal::redirect_uri_mismatch:
      return {400, google ? "redirect_uri_mismatch" : "invalid_grant", "The redirect_uri differs."};
    case TokenRefusal::verifier_missing:
      return {400, "invalid_grant", "Missing code verifier."};
    case TokenRefusal::verifier_wrong:
      return {400, "invalid_grant", "Invalid code verifier."};
    case TokenRefusal::bad_code:
      break;
  }
  return {400, "invalid_grant", google ? "Bad Request" : "The code is unknown, used or expired."};
}

Answer error_answer(const OAuthError& error) {
  JsonWriter body;
  body.begin_object()
      .field("error", error.error)
      .field("error_description", error.description)
      .end_object();
  Answer answer = json(error.status, body.text());
  if (error.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Basic realm=\"token\"");
  return answer;
}

Answer token_answer(const Call& call, Grant& grant, const std::string& token,
                    std::optional<Fault> fault) {
  if (fault == Fault::missing_email) grant.email_withheld = true;
  std::string scope;
  for (const auto& word : grant.scopes) scope += (scope.empty() ? "" : " ") + word;
  JsonWriter body;
  body.begin_object()
      .field("access_token", token)
      .field("expires_in", static_cast<std::int64_t>(kTokenLifetime.count()))
      .field("scope", scope)
      .field("token_type", "Bearer");
  if (grant.has_scope("openid")) {
    body.field("id_token", make_id_token(call, grant, token, fault));
  }
  return json(200, body.end_object().text());
}

void write_list(JsonWriter& into, std::string_view name,
                std::initializer_list<std::string_view> values) {
  into.key(name).begin_array();
  for (const std::string_view value : values) into.value(value);
  into.end_array();
}

std::string discovery_document(const Call& call, std::optional<Fault> fault) {
  const std::string issuer = call.world.issuer_of(call.stand_in);
  const bool google = call.stand_in == StandIn::google;
  JsonWriter body;
  body.begin_object()
      .field("issuer", fault == Fault::wrong_issuer ? issuer + "/someone-else" : issuer)
      .field("authorization_endpoint", issuer + "/authorize")
      .field("token_endpoint", issuer + "/token")
      .field("userinfo_endpoint", issuer + "/userinfo")
      .field("jwks_uri", issuer + "/jwks")
      .field("authorization_response_iss_parameter_supported", true);
  write_list(body, "response_types_supported", {"code"});
  write_list(body, "grant_types_supported", {"authorization_code"});
  write_list(body, "subject_types_supported", {"public"});
  write_list(body, "id_token_signing_alg_values_supported", {google ? "RS256" : "ES256"});
  write_list(body, "scopes_supported", {"openid", "email", "profile"});
  write_list(body, "token_endpoint_auth_methods_supported",
             {"client_secret_post", "client_secret_basic"});
  write_list(body, "code_challenge_methods_supported", {"S256"});
  write_list(body, "claims_supported",
             {"aud", "azp", "at_hash", "email", "email_verified", "exp", "family_name",
              "given_name", "hd", "iat", "iss", "name", "nonce", "picture", "sub"});
  return body.end_object().text();
}

Answer cacheable(Answer answer) {
  answer.headers = {{"Cache-Control", "public, max-age=300"}};
  return answer;
}

}  // namespace

Answer openid_discovery(const Call& call) {
  return answer_with_faults(call, nullptr, [&](std::optional<Fault> fault) {
    return cacheable(json(200, discovery_document(call, fault)));
  });
}

Answer openid_jwks(const Call& call) {
  return answer_with_faults(call, nullptr, [&](std::optional<Fault>) {
    const auto key = call.world.key_of(call.stand_in).current();
    return cacheable(json(200, R"({"keys":[)" + key->jwk() + "]}"));
  });
}

Answer openid_token(const Call& call) {
  const TokenRequest request = read_token_request(call.request);
  const GrantPtr known = call.world.grants.codes.find(request.code);
  return answer_with_faults(call, known, [&](std::optional<Fault> fault) {
    const auto grant = redeem(call, request);
    if (!grant) return error_answer(describe(grant.error(), call.stand_in));
    const std::string token = (call.stand_in == StandIn::google ? "ya29." : "") +
                              random_token(call.world.random, kTokenBytes);
    remember_token(call, token, *grant);
    return token_answer(call, **grant, token, fault);
  });
}

Answer openid_userinfo(const Call& call) {
  const GrantPtr grant = find_token(call, bearer_token(call.request));
  if (!grant) {
    Answer answer =
        json(401, R"({"error":"invalid_token","error_description":"Invalid Credentials"})");
    // RFC 6750 section 3
    answer.headers.emplace_back("WWW-Authenticate", R"(Bearer error="invalid_token")");
    return answer;
  }
  return answer_with_faults(call, grant, [&](std::optional<Fault> fault) {
    const OpenidAccount& account = openid_account(*grant->person, call.stand_in);
    JsonWriter body;
    body.begin_object().field(
        "sub", fault == Fault::wrong_subject ? account.subject + "0" : account.subject);
    write_person_claims(call, *grant, body);
    return json(200, body.end_object().text());
  });
}

}  // namespace latchkey::providers::dev
