#include "base/public_key.h"

#include <string>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/support/hex.h"

namespace latchkey {
namespace {

using namespace std::string_literals;

// RFC 7515 appendix A.2: RS256.
constexpr std::string_view kRsaModulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4"
    "QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdb"
    "BYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-D"
    "WNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
constexpr std::string_view kRsaMessage =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kRsaSignature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju"
    "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07"
    "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipU"
    "TI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

// RFC 7515 appendix A.3: ES256.
constexpr std::string_view kEcX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kEcY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view kEcMessage =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kEcSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
// The order of the group of P-256 (SEC 2 section 2.4.2).
constexpr std::string_view kP256Order =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

const std::string kExponent = "\x01\0\x01"s;  // 65537

std::string decoded(std::string_view text) { return base64url_decode(text).value_or(""); }

PublicKey rsa_key() { return PublicKey::rsa(decoded(kRsaModulus), kExponent).value(); }
PublicKey ec_key() { return PublicKey::p256(decoded(kEcX), decoded(kEcY)).value(); }

bool rsa_refused(const std::string& modulus, const std::string& exponent) {
  const auto key = PublicKey::rsa(modulus, exponent);
  return !key && key.error().code == ErrorCode::provider_invalid_response;
}
bool p256_refused(const std::string& x, const std::string& y) {
  const auto key = PublicKey::p256(x, y);
  return !key && key.error().code == ErrorCode::provider_invalid_response;
}

TEST(Rs256, VerifiesTheExampleOfRfc7515) {
  EXPECT_EQ(rsa_key().algorithm(), SignatureAlgorithm::rs256);
  EXPECT_TRUE(rsa_key().verify(kRsaMessage, decoded(kRsaSignature)));
}

TEST(Es256, VerifiesTheExampleOfRfc7515) {
  EXPECT_EQ(ec_key().algorithm(), SignatureAlgorithm::es256);
  EXPECT_TRUE(ec_key().verify(kEcMessage, decoded(kEcSignature)));
}

TEST(Rs256, AlteredMessageOrSignatureIsRefused) {
  const PublicKey key = rsa_key();
  std::string signature = decoded(kRsaSignature);
  EXPECT_FALSE(key.verify(std::string(kRsaMessage) + "A", signature));
  EXPECT_FALSE(key.verify("", signature));
  signature[100] = static_cast<char>(signature[100] ^ 1);
  EXPECT_FALSE(key.verify(kRsaMessage, signature));
}

TEST(Rs256, SignatureOfAnotherLengthIsRefused) {
  const PublicKey key = rsa_key();
  const std::string signature = decoded(kRsaSignature);
  EXPECT_FALSE(key.verify(kRsaMessage, ""));
  EXPECT_FALSE(key.verify(kRsaMessage, signature.substr(1)));
  EXPECT_FALSE(key.verify(kRsaMessage, std::string(1, '\0') + signature));
  EXPECT_FALSE(key.verify(kRsaMessage, std::string(256, '\0')));
  EXPECT_FALSE(key.verify(kRsaMessage, std::string(256, '\xff')));
}

TEST(Es256, AlteredMessageOrSignatureIsRefused) {
  const PublicKey key = ec_key();
  std::string signature = decoded(kEcSignature);
  EXPECT_FALSE(key.verify(std::string(kEcMessage) + "A", signature));
  signature[5] = static_cast<char>(signature[5] ^ 1);
  EXPECT_FALSE(key.verify(kEcMessage, signature));
}

TEST(Es256, ZeroEs256SignatureIsRefused) {
  const PublicKey key = ec_key();
  const std::string zero(32, '\0');
  const std::string signature = decoded(kEcSignature);
  EXPECT_FALSE(key.verify(kEcMessage, zero + zero));
  EXPECT_FALSE(key.verify(kEcMessage, zero + signature.substr(32)));
  EXPECT_FALSE(key.verify(kEcMessage, signature.substr(0, 32) + zero));
}

TEST(Es256, SignatureOfTheGroupOrderIsRefused) {
  const std::string order = test::from_hex(kP256Order);
  EXPECT_FALSE(ec_key().verify(kEcMessage, order + order));
  EXPECT_FALSE(ec_key().verify(kEcMessage, std::string(64, '\xff')));
}

TEST(Es256, SignatureOfAnotherLengthIsRefused) {
  const PublicKey key = ec_key();
  const std::string signature = decoded(kEcSignature);
  EXPECT_FALSE(key.verify(kEcMessage, ""));
  EXPECT_FALSE(key.verify(kEcMessage, signature.substr(0, 63)));
  EXPECT_FALSE(key.verify(kEcMessage, signature + std::string(1, '\0')));
}

// OpenSSL's own form of a signature: a second spelling, which JWS does not allow.
TEST(Es256, DerSignatureIsRefused) {
  const std::string signature = decoded(kEcSignature);
  const std::string r = signature.substr(0, 32);                      // high bit clear
  const std::string s = std::string(1, '\0') + signature.substr(32);  // high bit set
  const std::string der = "\x30\x45\x02\x20" + r + "\x02\x21" + s;
  EXPECT_EQ(der.size(), 71U);
  EXPECT_FALSE(ec_key().verify(kEcMessage, der));
}

TEST(RsaKey, WeakKeyIsRefused) {
  std::string modulus = decoded(kRsaModulus);
  EXPECT_TRUE(rsa_refused(modulus.substr(128), kExponent));  // 1024 bits
  EXPECT_TRUE(rsa_refused(std::string(128, '\0') + modulus.substr(128), kExponent));
  EXPECT_TRUE(rsa_refused("", kExponent));
  modulus[0] = '\x7f';  // 2047 bits
  EXPECT_TRUE(rsa_refused(modulus, kExponent));
}

TEST(RsaKey, CostlyKeyIsRefused) {
  EXPECT_TRUE(rsa_refused(std::string(1025, '\xff'), kExponent));
  EXPECT_TRUE(rsa_refused(std::string(100'000, '\xff'), kExponent));
  EXPECT_TRUE(rsa_refused(decoded(kRsaModulus), std::string(256, '\xff')));
}

TEST(RsaKey, TinyOrEvenExponentIsRefused) {
  const std::string modulus = decoded(kRsaModulus);
  EXPECT_TRUE(rsa_refused(modulus, ""));
  EXPECT_TRUE(rsa_refused(modulus, std::string(1, '\0')));
  EXPECT_TRUE(rsa_refused(modulus, "\x01"));
  EXPECT_TRUE(rsa_refused(modulus, "\x03"));
  EXPECT_TRUE(rsa_refused(modulus, "\x01\0\x02"s));
}

TEST(RsaKey, EvenModulusIsRefused) {
  std::string modulus = decoded(kRsaModulus);
  modulus.back() = '\x02';
  EXPECT_TRUE(rsa_refused(modulus, kExponent));
}

TEST(RsaKey, LeadingZerosOfTheModulusDoNotMatter) {
  const auto key = PublicKey::rsa(std::string(1, '\0') + decoded(kRsaModulus), kExponent);
  ASSERT_TRUE(key);
  EXPECT_TRUE(key->verify(kRsaMessage, decoded(kRsaSignature)));
}

TEST(EcKey, PointOffTheCurveIsRefused) {
  std::string y = decoded(kEcY);
  y.back() = static_cast<char>(y.back() ^ 1);
  EXPECT_TRUE(p256_refused(decoded(kEcX), y));
  EXPECT_TRUE(p256_refused(std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_TRUE(p256_refused(std::string(32, '\xff'), decoded(kEcY)));
}

TEST(EcKey, CoordinatesOfAnotherLengthAreRefused) {
  EXPECT_TRUE(p256_refused("", ""));
  EXPECT_TRUE(p256_refused(decoded(kEcX).substr(1), decoded(kEcY)));
  EXPECT_TRUE(p256_refused(std::string(1, '\0') + decoded(kEcX), decoded(kEcY)));
}

TEST(PublicKeyTest, SignatureOfTheOtherAlgorithmIsRefused) {
  EXPECT_FALSE(rsa_key().verify(kEcMessage, decoded(kEcSignature)));
  EXPECT_FALSE(ec_key().verify(kRsaMessage, decoded(kRsaSignature)));
}

}  // namespace
}  // namespace latchkey
