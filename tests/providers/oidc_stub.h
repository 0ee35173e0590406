// An OpenID provider on a stub server: metadata, keys and a token endpoint whose ID token a test
// can change claim by claim.
#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "stub_server.h"
#include "test_keys.h"

namespace latchkey::test {

using Members = std::map<std::string, std::string>;  // name -> JSON

inline std::string json_object(const Members& members) {
  std::string text;
  for (const auto& [name, value] : members) {
    text += (text.empty() ? "{\"" : ",\"") + name + "\":" + value;
  }
  return text.empty() ? "{}" : text + "}";
}

inline std::string quoted(const std::string& text) { return '"' + text + '"'; }

class OidcStub {
 public:
  OidcStub(StubServer& stub, const Clock& clock) : stub_(stub) {
    const std::int64_t now = unix_seconds(clock.now());
    metadata = {{"issuer", quoted(stub.url())},
                {"authorization_endpoint", quoted(stub.url("/authorize"))},
                {"token_endpoint", quoted(stub.url("/token"))},
                {"jwks_uri", quoted(stub.url("/jwks"))}};
    claims = {{"iss", quoted(stub.url())},  {"aud", quoted("client")},
              {"sub", quoted("person-1")},  {"nonce", quoted("nonce-1")},
              {"iat", std::to_string(now)}, {"exp", std::to_string(now + 300)}};
    publish();
  }

  // Puts the present metadata, keys and claims into the stub.
  void publish() {
    stub_.on_json("/.well-known/openid-configuration", json_object(metadata));
    stub_.on_json("/jwks", R"({"keys":[)" + jwk(shared_rsa_key(), "k1") + "]}");
    const std::string id_token =
        sign_jwt(shared_rsa_key(), R"({"alg":"RS256","kid":"k1"})", json_object(claims));
    stub_.on_json("/token", json_object({{"access_token", quoted("access-1")},
                                         {"token_type", quoted("Bearer")},
                                         {"id_token", quoted(id_token)}}));
  }

  Members metadata;
  Members claims;

 private:
  StubServer& stub_;
};

}  // namespace latchkey::test
