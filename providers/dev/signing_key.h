// The keys ID tokens are signed with, one current key per issuer (RFC 7517, RFC 7518 section 3).
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <openssl/types.h>

#include "base/public_key.h"
#include "base/random.h"

namespace latchkey::providers::dev {

// Thread-safe once made.
class SigningKey {
 public:
  // RSA with 2048 bits or P-256. Takes a while for RSA.
  static std::shared_ptr<const SigningKey> generate(SignatureAlgorithm algorithm, Random& random);

  [[nodiscard]] const std::string& jwk() const { return jwk_; }  // the public half, JSON
  // The compact JWS (RFC 7515 section 7.1) of this JSON.
  [[nodiscard]] std::string sign_token(std::string_view claims) const;

 private:
  SigningKey() = default;
  [[nodiscard]] std::string sign(std::string_view message) const;

  SignatureAlgorithm algorithm_ = SignatureAlgorithm::rs256;
  std::string kid_;
  std::string jwk_;
  std::shared_ptr<EVP_PKEY> key_;
};

// The key of one issuer and its rotation. The first key is made when it is first asked for, so that
// nobody waits for RSA who never meets Google. Thread-safe.
class IssuerKey {
 public:
  IssuerKey(SignatureAlgorithm algorithm, Random& random)
      : algorithm_(algorithm), random_(random) {}

  [[nodiscard]] std::shared_ptr<const SigningKey> current();
  // A new key takes the place of the old one, which leaves the key set.
  std::shared_ptr<const SigningKey> rotate();

 private:
  SignatureAlgorithm algorithm_;
  Random& random_;
  std::mutex mutex_;
  std::shared_ptr<const SigningKey> current_;
};

}  // namespace latchkey::providers::dev
