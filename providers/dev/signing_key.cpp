#include "providers/dev/signing_key.h"

#include <stdexcept>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/encoding.h"
#include "base/json.h"

namespace latchkey::providers::dev {
namespace {

constexpr unsigned kRsaBits = 2048;
constexpr int kCoordinateBytes = 32;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kKidBytes = 12;

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)>;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// base64url of the number's bytes, at least `width` of them (RFC 7518 section 6.2.1.2).
std::string encode(const BIGNUM* number, int width) {
  std::string bytes(static_cast<std::size_t>(std::max(width, BN_num_bytes(number))), '\0');
  BN_bn2binpad(number, bytes_of(bytes), static_cast<int>(bytes.size()));
  return base64url_encode(bytes);
}

std::string parameter(const EVP_PKEY* key, const char* name, int width) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) throw std::runtime_error("key without a part");
  const Number number(raw, &BN_free);
  return encode(number.get(), width);
}

// ES256 signatures are r || s (RFC 7518 section 3.4), not DER.
std::string raw_signature(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())),
                                 &ECDSA_SIG_free);
  if (!signature) throw std::runtime_error("OpenSSL made no ECDSA signature");
  std::string raw(kSignatureBytes, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(raw), kCoordinateBytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(raw) + kCoordinateBytes,
               kCoordinateBytes);
  return raw;
}

}  // namespace

std::shared_ptr<const SigningKey> SigningKey::generate(SignatureAlgorithm algorithm,
                                                       Random& random) {
  const bool rsa = algorithm == SignatureAlgorithm::rs256;
  std::shared_ptr<SigningKey> made(new SigningKey);
  made->algorithm_ = algorithm;
  made->kid_ = random_token(random, kKidBytes);
  made->key_.reset(rsa ? EVP_RSA_gen(kRsaBits) : EVP_EC_gen("P-256"), &EVP_PKEY_free);
  if (!made->key_) throw std::runtime_error("OpenSSL made no key");
  const EVP_PKEY* const key = made->key_.get();
  JsonWriter jwk;
  jwk.begin_object().field("kid", made->kid_).field("use", "sig");
  if (rsa) {
    jwk.field("kty", "RSA").field("alg", "RS256");
    jwk.field("n", parameter(key, OSSL_PKEY_PARAM_RSA_N, 0));
    jwk.field("e", parameter(key, OSSL_PKEY_PARAM_RSA_E, 0));
  } else {
    jwk.field("kty", "EC").field("alg", "ES256").field("crv", "P-256");
    jwk.field("x", parameter(key, OSSL_PKEY_PARAM_EC_PUB_X, kCoordinateBytes));
    jwk.field("y", parameter(key, OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinateBytes));
  }
  made->jwk_ = jwk.end_object().text();
  return made;
}

std::string SigningKey::sign(std::string_view message) const {
  const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t size = 0;
  std::string signature;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) != 1) {
    throw std::runtime_error("OpenSSL cannot sign");
  }
  signature.resize(size);
  if (EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes, message.size()) != 1) {
    throw std::runtime_error("OpenSSL cannot sign");
  }
  signature.resize(size);
  return algorithm_ == SignatureAlgorithm::es256 ? raw_signature(signature) : signature;
}

std::string SigningKey::sign_token(std::string_view claims) const {
  JsonWriter header;
  header.begin_object()
      .field("alg", algorithm_ == SignatureAlgorithm::es256 ? "ES256" : "RS256")
      .field("kid", kid_)
      .field("typ", "JWT")
      .end_object();
  const std::string message = base64url_encode(header.text()) + '.' + base64url_encode(claims);
  return message + '.' + base64url_encode(sign(message));
}

std::shared_ptr<const SigningKey> IssuerKey::current() {
  const std::lock_guard lock(mutex_);
  if (!current_) current_ = SigningKey::generate(algorithm_, random_);
  return current_;
}

std::shared_ptr<const SigningKey> IssuerKey::rotate() {
  auto key = SigningKey::generate(algorithm_, random_);  // slow, and so outside of the lock
  const std::lock_guard lock(mutex_);
  current_ = key;
  return key;
}

}  // namespace latchkey::providers::dev
