// Reading ID tokens, with the production code's own verification of signatures.
#pragma once

#include <stdexcept>
#include <string>

#include "base/encoding.h"
#include "base/json.h"
#include "base/public_key.h"

namespace latchkey::test {

// One of the three parts of a compact JWS, decoded.
inline std::string part_of(const std::string& token, int index) {
  std::size_t begin = 0;
  for (; index > 0; --index) begin = token.find('.', begin) + 1;
  const auto decoded = base64url_decode(token.substr(begin, token.find('.', begin) - begin));
  if (!decoded) throw std::runtime_error("not base64url in " + token);
  return *decoded;
}

inline JsonDocument json_part(const std::string& token, int index) {
  auto document = JsonDocument::parse(part_of(token, index));
  if (!document) throw std::runtime_error("not JSON in " + token);
  return *std::move(document);
}

inline JsonDocument header_of(const std::string& token) { return json_part(token, 0); }
inline JsonDocument claims_of(const std::string& token) { return json_part(token, 1); }

inline Result<PublicKey> public_key(JsonView jwk) {
  const auto bytes = [&](std::string_view name) {
    return base64url_decode(jwk[name].string().value_or("")).value_or("");
  };
  return jwk["kty"].string() == "RSA" ? PublicKey::rsa(bytes("n"), bytes("e"))
                                      : PublicKey::p256(bytes("x"), bytes("y"));
}

// By the key of that set that the token's header names.
inline bool is_signed_by(const std::string& token, JsonView jwks) {
  const JsonDocument header = header_of(token);
  for (const JsonView jwk : jwks["keys"].items()) {
    if (jwk["kid"].string() != header.root()["kid"].string()) continue;
    const auto key = public_key(jwk);
    return key && header.root()["alg"].string() == jwk["alg"].string() &&
           key->verify(token.substr(0, token.rfind('.')), part_of(token, 2));
  }
  return false;
}

}  // namespace latchkey::test
