// Public keys of ID-token issuers and the two signatures Latchkey accepts from them (RFC 7518
// sections 3.3 and 3.4). A key knows its type, so a token can never choose the algorithm.
#pragma once

#include <memory>
#include <string_view>

#include <openssl/types.h>

#include "base/error.h"

namespace latchkey {

enum class SignatureAlgorithm { rs256, es256 };

class PublicKey {
 public:
  // From the decoded `n` and `e` of a JWK (big-endian). Refused below 2048 or above 8192 bits and
  // for an even or tiny exponent.
  static Result<PublicKey> rsa(std::string_view modulus, std::string_view exponent);
  // From the decoded `x` and `y` of a P-256 JWK, 32 bytes each, which must be a point on the curve.
  static Result<PublicKey> p256(std::string_view x, std::string_view y);

  [[nodiscard]] SignatureAlgorithm algorithm() const { return algorithm_; }
  // RS256: PKCS#1 v1.5 over SHA-256. ES256: `signature` is r || s, exactly 64 bytes, neither zero.
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;

 private:
  PublicKey(SignatureAlgorithm algorithm, std::shared_ptr<EVP_PKEY> key)
      : algorithm_(algorithm), key_(std::move(key)) {}
  SignatureAlgorithm algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace latchkey
