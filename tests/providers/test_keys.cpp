#include "test_keys.h"

#include <stdexcept>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "base/encoding.h"

namespace latchkey::test {
namespace {

struct BignumCleanup {
  void operator()(BIGNUM* number) const { BN_free(number); }
};

// Big-endian, at least `length` bytes.
std::string number(const Pkey& key, const char* name, int length = 0) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &raw) != 1) throw std::runtime_error(name);
  const std::unique_ptr<BIGNUM, BignumCleanup> value(raw);
  const int size = std::max(length, BN_num_bytes(raw));
  std::string bytes(static_cast<std::size_t>(size), '\0');
  BN_bn2binpad(raw, reinterpret_cast<unsigned char*>(bytes.data()), size);
  return bytes;
}

bool is_rsa(const Pkey& key) { return EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA; }

std::string raw_ecdsa(const std::string& der) {
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parsed(
      d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size())), &ECDSA_SIG_free);
  std::string raw(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), out, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), out + 32, 32);
  return raw;
}

}  // namespace

Pkey make_rsa_key(int bits) { return {EVP_RSA_gen(static_cast<unsigned>(bits)), PkeyCleanup{}}; }

Pkey make_p256_key() { return {EVP_EC_gen("P-256"), PkeyCleanup{}}; }

std::string jwk(const Pkey& key, std::string_view kid, std::string_view extra) {
  std::string text =
      is_rsa(key) ? R"({"kty":"RSA","n":")" + base64url_encode(number(key, OSSL_PKEY_PARAM_RSA_N)) +
                        R"(","e":")" + base64url_encode(number(key, OSSL_PKEY_PARAM_RSA_E))
                  : R"({"kty":"EC","crv":"P-256","x":")" +
                        base64url_encode(number(key, OSSL_PKEY_PARAM_EC_PUB_X, 32)) + R"(","y":")" +
                        base64url_encode(number(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32));
  text += '"';
  if (!kid.empty()) text += R"(,"kid":")" + std::string(kid) + '"';
  return text + std::string(extra) + "}";
}

PublicKey public_key(const Pkey& key) {
  auto made = is_rsa(key) ? PublicKey::rsa(number(key, OSSL_PKEY_PARAM_RSA_N),
                                           number(key, OSSL_PKEY_PARAM_RSA_E))
                          : PublicKey::p256(number(key, OSSL_PKEY_PARAM_EC_PUB_X, 32),
                                            number(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32));
  if (!made) throw std::runtime_error(made.error().detail);
  return *made;
}

std::string signature(const Pkey& key, std::string_view message) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  const auto* data = reinterpret_cast<const unsigned char*>(message.data());
  std::size_t length = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, data, message.size()) != 1) {
    throw std::runtime_error("cannot sign");
  }
  std::string bytes(length, '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  if (EVP_DigestSign(context.get(), out, &length, data, message.size()) != 1) {
    throw std::runtime_error("cannot sign");
  }
  bytes.resize(length);
  return is_rsa(key) ? bytes : raw_ecdsa(bytes);
}

std::string join_jwt(std::string_view header, std::string_view payload,
                     std::string_view signature_bytes) {
  return base64url_encode(header) + "." + base64url_encode(payload) + "." +
         base64url_encode(signature_bytes);
}

std::string sign_jwt(const Pkey& key, std::string_view header, std::string_view payload) {
  const std::string message = base64url_encode(header) + "." + base64url_encode(payload);
  return message + "." + base64url_encode(signature(key, message));
}

const Pkey& shared_rsa_key() {
  static const Pkey key = make_rsa_key();
  return key;
}

const Pkey& shared_p256_key() {
  static const Pkey key = make_p256_key();
  return key;
}

}  // namespace latchkey::test
