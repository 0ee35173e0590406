// Facebook: "Manually Build a Login Flow" and the Graph API's "Secure Graph API Calls".
#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"
#include "providers/dev/endpoints.h"
#include "providers/dev/exchange.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::size_t kTokenLetters = 120;
constexpr int kBadToken = 190;
constexpr int kBadParameter = 100;

struct GraphError {
  std::string_view message;
  std::string_view type = "OAuthException";
  int code = kBadParameter;
  int subcode = 0;  // 0: none
};

Answer graph_error(const Call& call, const GraphError& error) {
  JsonWriter body;
  body.begin_object().key("error").begin_object();
  body.field("message", error.message).field("type", error.type).field("code", error.code);
  if (error.subcode != 0) body.field("error_subcode", error.subcode);
  body.field("fbtrace_id", 'A' + random_token(call.world.random, 16));
  return json(400, body.end_object().end_object().text());
}

Answer refusal(const Call& call, TokenRefusal why) {
  switch (why) {
    case TokenRefusal::bad_client:
      return graph_error(call, {.message = "Error validating client secret.", .code = 1});
    case TokenRefusal::bad_grant_type:
      return graph_error(call, {.message = "Invalid grant_type."});
    case TokenRefusal::redirect_uri_mismatch:
      return graph_error(
          call, {.message = "The redirect_uri differs from that of the dialog.", .subcode = 36008});
    case TokenRefusal::verifier_missing:
    case TokenRefusal::verifier_wrong:
      return graph_error(call, {.message = "Invalid code_verifier."});
    case TokenRefusal::bad_code:
      break;
  }
  return graph_error(
      call, {.message = "This authorization code is unknown, used or expired.", .subcode = 36009});
}

std::string given_token(const Request& request) {
  const std::string_view bearer = bearer_token(request);
  if (!bearer.empty()) return std::string(bearer);
  return std::string(first(request.parameters(), "access_token"));
}

// appsecret_proof: HMAC-SHA256 of the access token under the app's secret.
bool proof_holds(const Call& call, const std::string& token) {
  const QueryParameters parameters = call.request.parameters();
  const std::string_view proof = first(parameters, "appsecret_proof");
  if (proof.empty()) return !call.world.options.require_appsecret_proof;
  return constant_time_equal(proof,
                             hex_encode(hmac_sha256(call.world.options.client_secret, token)));
}

Answer bad_proof(const Call& call) {
  return graph_error(call, {.message = "Invalid appsecret_proof provided in the API argument",
                            .type = "GraphMethodException"});
}

Answer bad_token(const Call& call) {
  return graph_error(call, {.message = "Invalid OAuth access token.", .code = kBadToken});
}

// The names of `fields=id,name,picture.type(large)`, without what follows them.
std::vector<std::string> field_names(std::string_view fields) {
  std::vector<std::string> names{""};
  int depth = 0;
  bool in_name = true;
  for (const char c : fields) {
    if (c == '(' || c == '{') ++depth;
    if (c == ')' || c == '}') --depth;
    if (c == ',' && depth == 0) {
      names.emplace_back();
      in_name = true;
    } else {
      in_name = in_name && c != '.' && c != '(' && c != '{';
      if (in_name) names.back().push_back(c);
    }
  }
  return names;
}

void write_field(const Call& call, const Grant& grant, std::string_view name, JsonWriter& body) {
  const Person& person = *grant.person;
  const std::size_t space = person.name.find(' ');
  if (name == "name") {
    body.field("name", person.name);
  } else if (name == "first_name") {
    body.field("first_name", person.name.substr(0, space));
  } else if (name == "last_name" && space != std::string::npos) {
    body.field("last_name", person.name.substr(space + 1));
  } else if (name == "email" && person.facebook.email && grant.has_scope("email") &&
             !grant.email_withheld) {
    body.field("email", *person.facebook.email);
  } else if (name == "picture") {
    body.key("picture").begin_object().key("data").begin_object();
    body.field("height", 50).field("is_silhouette", false);
    body.field("url", call.world.avatar_of(person)).field("width", 50);
    body.end_object().end_object();
  }
}

Answer me_answer(const Call& call, const Grant& grant) {
  const std::string fields(first(call.request.parameters(), "fields"));
  std::vector<std::string> names = field_names(fields.empty() ? "id,name" : fields);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  JsonWriter body;
  body.begin_object().field("id", grant.person->facebook.id);
  for (const auto& name : names) write_field(call, grant, name, body);
  return json(200, body.end_object().text());
}

// Of a token that is none of ours.
Answer unknown_token_report() {
  return json(200, R"({"data":{"error":{"code":190,"message":"Invalid OAuth access token."},)"
                   R"("is_valid":false,"scopes":[]}})");
}

Answer token_report(const Grant& grant, std::optional<Fault> fault) {
  const std::int64_t issued = unix_seconds(grant.issued_at);
  const std::int64_t lifetime = kTokenLifetime.count();
  const bool expired = fault == Fault::expired_token;
  JsonWriter body;
  body.begin_object().key("data").begin_object();
  body.field("app_id", fault == Fault::wrong_audience ? "another-app" : grant.client_id)
      .field("type", "USER")
      .field("application", grant.client_id)
      .field("expires_at", expired ? issued - 1 : issued + lifetime)
      .field("issued_at", expired ? issued - lifetime : issued)
      .field("is_valid", !expired);
  if (expired) {
    body.key("error").begin_object().field("code", kBadToken).field("subcode", 463);
    body.field("message", "Error validating access token: Session has expired.").end_object();
  }
  body.key("scopes").begin_array();
  for (const auto& scope : grant.scopes) body.value(scope);
  body.end_array();
  const std::string& id = grant.person->facebook.id;
  body.field("user_id", fault == Fault::wrong_subject ? id + "0" : id);
  return json(200, body.end_object().end_object().text());
}

// The app's own token, "<app id>|<app secret>".
bool is_app_token(const Call& call, std::string_view token, const std::string& app_id) {
  const std::string suffix = '|' + call.world.options.client_secret;
  if (!token.ends_with(suffix)) return false;
  token.remove_suffix(suffix.size());
  return app_id.empty() ? !token.empty() : token == app_id;
}

}  // namespace

Answer facebook_token(const Call& call) {
  const TokenRequest request = read_token_request(call.request);
  const GrantPtr known = call.world.grants.codes.find(request.code);
  return answer_with_faults(call, known, [&](std::optional<Fault>) {
    const auto grant = redeem(call, request);
    if (!grant) return refusal(call, grant.error());
    const std::string token = "EAA" + random_alphanumeric(call.world.random, kTokenLetters);
    remember_token(call, token, *grant);
    JsonWriter body;
    body.begin_object()
        .field("access_token", token)
        .field("token_type", "bearer")
        .field("expires_in", static_cast<std::int64_t>(kTokenLifetime.count()))
        .end_object();
    return json(200, body.text());
  });
}

Answer facebook_me(const Call& call) {
  const std::string token = given_token(call.request);
  const GrantPtr grant = find_token(call, token);
  if (!grant) return bad_token(call);
  if (!proof_holds(call, token)) return bad_proof(call);
  return answer_with_faults(call, grant, [&](std::optional<Fault> fault) {
    if (fault == Fault::missing_email) grant->email_withheld = true;
    return me_answer(call, *grant);
  });
}

Answer facebook_debug_token(const Call& call) {
  const GrantPtr grant = find_token(call, first(call.request.parameters(), "input_token"));
  const std::string token = given_token(call.request);
  if (!is_app_token(call, token, grant ? grant->client_id : "")) return bad_token(call);
  if (!proof_holds(call, token)) return bad_proof(call);
  return answer_with_faults(call, grant, [&](std::optional<Fault> fault) {
    return grant ? token_report(*grant, fault) : unknown_token_report();
  });
}

}  // namespace latchkey::providers::dev
