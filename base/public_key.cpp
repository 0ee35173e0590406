#include "base/public_key.h"

#include <optional>
#include <string>
#include <vector>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

namespace latchkey {
namespace {

constexpr int kMinRsaBits = 2048;
constexpr std::size_t kMaxRsaBits = 8192;  // verifying costs the square of this
constexpr std::size_t kMaxExponentBytes = 8;
constexpr unsigned long kMinRsaExponent = 65537;  // FIPS 186-5 section 5.1
constexpr std::size_t kP256Bytes = 32;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using BigNumber = std::unique_ptr<BIGNUM, Deleter<BN_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Deleter<ECDSA_SIG_free>>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

BigNumber big_number(std::string_view big_endian) {
  return BigNumber(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

std::string_view without_leading_zeros(std::string_view big_endian) {
  const std::size_t first = big_endian.find_first_not_of('\0');
  return first == std::string_view::npos ? std::string_view() : big_endian.substr(first);
}

// Null when OpenSSL refuses the key, which for P-256 includes a point off the curve.
std::shared_ptr<EVP_PKEY> import_key(const char* type, const OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(const_cast<OSSL_PARAM_BLD*>(builder)));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return {key, EVP_PKEY_free};
}

// RFC 7518 section 3.4 carries r and s side by side; OpenSSL wants them as DER. nullopt unless both
// are there and neither is zero: a verifier that lets zeros through accepts them for every message
// (CVE-2022-21449).
std::optional<std::vector<unsigned char>> to_der(std::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return std::nullopt;
  BigNumber r = big_number(signature.substr(0, kP256Bytes));
  BigNumber s = big_number(signature.substr(kP256Bytes));
  const EcdsaSignature pair(ECDSA_SIG_new());
  if (!r || !s || !pair || BN_is_zero(r.get()) || BN_is_zero(s.get())) return std::nullopt;
  if (ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return std::nullopt;
  // `pair` owns the numbers now.
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* encoded = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &encoded);
  if (length <= 0) return std::nullopt;
  std::vector<unsigned char> der(encoded, encoded + length);
  OPENSSL_free(encoded);
  return der;
}

tl::unexpected<Error> refuse(const char* why) {
  return fail(ErrorCode::provider_invalid_response, why);
}

}  // namespace

Result<PublicKey> PublicKey::rsa(std::string_view modulus, std::string_view exponent) {
  modulus = without_leading_zeros(modulus);
  exponent = without_leading_zeros(exponent);
  // Sizes first: a huge number costs time in every step below.
  if (modulus.size() > kMaxRsaBits / 8) return refuse("RSA key above 8192 bits");
  if (exponent.size() > kMaxExponentBytes) return refuse("RSA exponent too large");
  const BigNumber n = big_number(modulus);
  const BigNumber e = big_number(exponent);
  const BigNumber smallest(BN_new());
  if (!n || !e || !smallest || BN_set_word(smallest.get(), kMinRsaExponent) != 1) {
    return fail(ErrorCode::internal_error, "out of memory");
  }
  if (BN_num_bits(n.get()) < kMinRsaBits) return refuse("RSA key below 2048 bits");
  if (!BN_is_odd(n.get())) return refuse("RSA modulus is even");
  if (!BN_is_odd(e.get()) || BN_cmp(e.get(), smallest.get()) < 0) {
    return refuse("RSA exponent is even or below 65537");
  }
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return fail(ErrorCode::internal_error, "out of memory");
  }
  auto key = import_key("RSA", builder.get());
  if (!key) return refuse("not an RSA key");
  return PublicKey(SignatureAlgorithm::rs256, std::move(key));
}

Result<PublicKey> PublicKey::p256(std::string_view x, std::string_view y) {
  if (x.size() != kP256Bytes || y.size() != kP256Bytes) {
    return refuse("P-256 coordinates are 32 bytes each");
  }
  // SEC 1 section 2.3.3: 4 marks an uncompressed point.
  std::string point = "\x04";
  point.append(x).append(y);
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return fail(ErrorCode::internal_error, "out of memory");
  }
  auto key = import_key("EC", builder.get());
  if (!key) return refuse("not a point on P-256");
  return PublicKey(SignatureAlgorithm::es256, std::move(key));
}

bool PublicKey::verify(std::string_view message, std::string_view signature) const {
  const DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr,
                                          key_.get(), nullptr) != 1) {
    return false;
  }
  const auto matches = [&](const unsigned char* data, std::size_t size) {
    return EVP_DigestVerify(context.get(), data, size, bytes(message), message.size()) == 1;
  };
  switch (algorithm_) {
    case SignatureAlgorithm::rs256:
      return matches(bytes(signature), signature.size());
    case SignatureAlgorithm::es256: {
      const auto der = to_der(signature);
      return der && matches(der->data(), der->size());
    }
  }
  return false;
}

}  // namespace latchkey
