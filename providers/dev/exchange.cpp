#include "providers/dev/exchange.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/json.h"

namespace latchkey::providers::dev {
namespace {

// Beyond the 256 KiB that a careful client reads.
constexpr std::size_t kHugePadding = 300UL * 1024;

bool verifier_matches(const std::string& verifier, const std::string& challenge) {
  return constant_time_equal(base64url_encode(sha256(verifier)), challenge);
}

// RFC 6749 section 2.3.1: both halves are form-encoded before they are put together.
void read_basic(const Request& request, TokenRequest& into) {
  constexpr std::string_view kScheme = "Basic ";
  if (!request.authorization.starts_with(kScheme)) return;
  std::string encoded = request.authorization.substr(kScheme.size());
  // The HTTP library decodes header values like forms, so base64's plus came in as a space.
  std::replace(encoded.begin(), encoded.end(), ' ', '+');
  const auto pair = base64_decode(encoded);
  if (!pair) return;
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos) return;
  into.client_id = percent_decode(pair->substr(0, colon), true).value_or("");
  into.client_secret = percent_decode(pair->substr(colon + 1), true).value_or("");
}

// An error as no OAuth client should overlook it, though the status says that all is well.
Answer error_with_200(const Call& call) {
  JsonWriter body;
  body.begin_object();
  if (call.stand_in == StandIn::facebook) {
    body.key("error")
        .begin_object()
        .field("message", "An unexpected error has occurred. Please retry your request later.")
        .field("type", "OAuthException")
        .field("code", 2)
        .end_object();
  } else {
    body.field("error", "temporarily_unavailable")
        .field("error_description", "Scripted: an error with HTTP status 200.");
  }
  return json(200, body.end_object().text());
}

Answer server_error() {
  return html(500, "<!DOCTYPE html><title>500</title><h1>Scripted server error</h1>");
}

}  // namespace

TokenRequest read_token_request(const Request& request) {
  const QueryParameters parameters = request.parameters();
  const auto value = [&](std::string_view name) { return std::string(first(parameters, name)); };
  TokenRequest read{.grant_type = value("grant_type"),
                    .client_id = value("client_id"),
                    .client_secret = value("client_secret"),
                    .code = value("code"),
                    .redirect_uri = value("redirect_uri"),
                    .code_verifier = value("code_verifier")};
  if (read.client_secret.empty()) read_basic(request, read);
  return read;
}

tl::expected<GrantPtr, TokenRefusal> redeem(const Call& call, const TokenRequest& request) {
  const auto refuse = [](TokenRefusal why) { return tl::unexpected(why); };
  if (request.client_id.empty() ||
      !constant_time_equal(request.client_secret, call.world.options.client_secret)) {
    return refuse(TokenRefusal::bad_client);
  }
  // GitHub and Facebook do without it.
  const bool wants_type = is_openid(call.stand_in);
  if (request.grant_type != "authorization_code" && (wants_type || !request.grant_type.empty())) {
    return refuse(TokenRefusal::bad_grant_type);
  }
  GrantPtr grant = call.world.grants.codes.find(request.code);
  if (!grant || grant->stand_in != call.stand_in || grant->client_id != request.client_id) {
    return refuse(TokenRefusal::bad_code);
  }
  if (grant->redirect_uri != request.redirect_uri) {
    return refuse(TokenRefusal::redirect_uri_mismatch);
  }
  if (grant->code_challenge.empty() != request.code_verifier.empty()) {
    // A verifier without a challenge is a downgrade attack (RFC 9700 section 2.1.1).
    return refuse(request.code_verifier.empty() ? TokenRefusal::verifier_missing
                                                : TokenRefusal::verifier_wrong);
  }
  if (!grant->code_challenge.empty() &&
      !verifier_matches(request.code_verifier, grant->code_challenge)) {
    return refuse(TokenRefusal::verifier_wrong);
  }
  if (grant->exchanged.exchange(true)) {
    grant->revoked = true;
    return refuse(TokenRefusal::bad_code);
  }
  if (call.world.clock.now() - grant->issued_at > kCodeLifetime) {
    return refuse(TokenRefusal::bad_code);
  }
  return grant;
}

void remember_token(const Call& call, const std::string& token, const GrantPtr& grant) {
  call.world.grants.tokens.put(token, grant);
}

GrantPtr find_token(const Call& call, std::string_view token) {
  GrantPtr grant = call.world.grants.tokens.find(token);
  if (!grant || grant->stand_in != call.stand_in || grant->revoked) return nullptr;
  if (call.world.clock.now() - grant->issued_at > kTokenLifetime) return nullptr;
  return grant;
}

std::string_view bearer_token(const Request& request) {
  const std::string_view header = request.authorization;
  for (const std::string_view scheme : {"Bearer ", "token "}) {
    if (header.size() > scheme.size() && ascii_iequals(header.substr(0, scheme.size()), scheme)) {
      return header.substr(scheme.size());
    }
  }
  return {};
}

Answer answer_with_faults(const Call& call, const GrantPtr& grant, const MakeAnswer& make) {
  std::optional<FaultOrder> order;
  if (grant) order = grant->take_fault(call.endpoint);
  if (!order) order = call.world.faults.take(call.stand_in, call.endpoint);
  if (!order) return make(std::nullopt);
  switch (order->fault) {
    case Fault::server_error:
      return server_error();
    case Fault::http_200_error:
      // At GitHub every refused code is one, in the form that was asked for.
      if (call.stand_in == StandIn::github && call.endpoint == Endpoint::token) {
        return make(order->fault);
      }
      return error_with_200(call);
    case Fault::slow:
      call.world.pause.wait(order->delay);
      return make(std::nullopt);
    case Fault::invalid_json: {
      Answer answer = make(std::nullopt);
      answer.body.resize(answer.body.size() / 2);
      return answer;
    }
    case Fault::huge_body: {
      // Spaces behind the value: nothing but the size is wrong with it.
      Answer answer = make(std::nullopt);
      answer.body.append(kHugePadding, ' ');
      return answer;
    }
    case Fault::dropped_connection: {
      Answer answer = make(std::nullopt);
      answer.drop_connection = true;
      return answer;
    }
    default:
      return make(order->fault);
  }
}

}  // namespace latchkey::providers::dev
