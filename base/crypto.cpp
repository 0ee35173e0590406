#include "base/crypto.h"

#include <climits>
#include <memory>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

namespace latchkey {
namespace {

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr int kTagBytes = 16;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Deleter<EVP_KDF_CTX_free>>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("OpenSSL failed: ") + what);
}

// OpenSSL counts cipher input in int.
int length_of(std::string_view text) {
  require(text.size() <= INT_MAX, "input too long");
  return static_cast<int>(text.size());
}

// Fetched once for the life of the process: OpenSSL 3 otherwise searches its providers at each use,
// which costs more than hashing a session token.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(kAlgorithm != nullptr, "no SHA-256");
  return kAlgorithm;
}

const EVP_CIPHER* gcm_algorithm() {
  static const EVP_CIPHER* const kAlgorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  require(kAlgorithm != nullptr, "no AES-256-GCM");
  return kAlgorithm;
}

EVP_KDF* hkdf_algorithm() {
  static EVP_KDF* const kAlgorithm = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  require(kAlgorithm != nullptr, "no HKDF");
  return kAlgorithm;
}

OSSL_PARAM octets(const char* name, std::string_view value) {
  // OSSL_PARAM has one struct for reading and writing; this one is only read.
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(value.data()), value.size());
}

void require_key_and_nonce(std::string_view key, std::string_view nonce) {
  if (key.size() != kKeyBytes || nonce.size() != kNonceBytes) {
    throw std::invalid_argument("AES-256-GCM takes a 32-byte key and a 12-byte nonce");
  }
}

}  // namespace

std::string sha256(std::string_view data) {
  const DigestContext context(EVP_MD_CTX_new());
  std::string out(kDigestBytes, '\0');
  require(context && EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) == 1 &&
              EVP_DigestUpdate(context.get(), data.data(), data.size()) == 1 &&
              EVP_DigestFinal_ex(context.get(), bytes(out), nullptr) == 1,
          "SHA-256");
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view data) {
  std::string out(kDigestBytes, '\0');
  require(HMAC(sha256_algorithm(), key.data(), length_of(key), bytes(data), data.size(), bytes(out),
               nullptr) != nullptr,
          "HMAC-SHA256");
  return out;
}

std::string hkdf_sha256(std::string_view key, std::string_view info, std::size_t length) {
  const KdfContext context(EVP_KDF_CTX_new(hkdf_algorithm()));
  char digest[] = "SHA256";
  // No salt parameter is the empty salt of RFC 5869 section 2.2.
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      octets(OSSL_KDF_PARAM_KEY, key),
      octets(OSSL_KDF_PARAM_INFO, info),
      OSSL_PARAM_construct_end(),
  };
  std::string out(length, '\0');
  require(context && EVP_KDF_derive(context.get(), bytes(out), out.size(), parameters) == 1,
          "HKDF-SHA256");
  return out;
}

std::string aes_256_gcm_seal(std::string_view key, std::string_view nonce,
                             std::string_view plaintext, std::string_view associated_data) {
  require_key_and_nonce(key, nonce);
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(plaintext.size() + kTagBytes, '\0');
  int written = 0;
  require(context &&
              EVP_EncryptInit_ex2(context.get(), gcm_algorithm(), bytes(key), bytes(nonce),
                                  nullptr) == 1 &&
              EVP_EncryptUpdate(context.get(), nullptr, &written, bytes(associated_data),
                                length_of(associated_data)) == 1 &&
              EVP_EncryptUpdate(context.get(), bytes(out), &written, bytes(plaintext),
                                length_of(plaintext)) == 1 &&
              EVP_EncryptFinal_ex(context.get(), bytes(out) + written, &written) == 1 &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                                  bytes(out) + plaintext.size()) == 1,
          "AES-256-GCM");
  return out;
}

std::optional<std::string> aes_256_gcm_open(std::string_view key, std::string_view nonce,
                                            std::string_view sealed,
                                            std::string_view associated_data) {
  require_key_and_nonce(key, nonce);
  if (sealed.size() < kTagBytes) return std::nullopt;
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kTagBytes);
  std::string tag(sealed.substr(ciphertext.size()));
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(ciphertext.size() + kTagBytes, '\0');
  int written = 0;
  require(context &&
              EVP_DecryptInit_ex2(context.get(), gcm_algorithm(), bytes(key), bytes(nonce),
                                  nullptr) == 1 &&
              EVP_DecryptUpdate(context.get(), nullptr, &written, bytes(associated_data),
                                length_of(associated_data)) == 1 &&
              EVP_DecryptUpdate(context.get(), bytes(out), &written, bytes(ciphertext),
                                length_of(ciphertext)) == 1 &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, bytes(tag)) == 1,
          "AES-256-GCM");
  // Only here is the tag compared; nothing of `out` leaves before.
  if (EVP_DecryptFinal_ex(context.get(), bytes(out) + written, &written) != 1) return std::nullopt;
  out.resize(ciphertext.size());
  return out;
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace latchkey
