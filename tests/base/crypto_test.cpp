#include "base/crypto.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "tests/support/hex.h"

namespace latchkey {
namespace {

using namespace std::string_view_literals;

using test::from_hex;

const std::string kKey(32, 'k');
const std::string kNonce(12, 'n');

TEST(Sha256, MatchesFips180Examples) {
  EXPECT_EQ(hex_encode(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_encode(sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(HmacSha256, MatchesRfc4231) {
  // Section 4.2
  EXPECT_EQ(hex_encode(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  // Section 4.3: a key shorter than the digest
  EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  // Section 4.7: a key longer than a block
  EXPECT_EQ(hex_encode(hmac_sha256(std::string(131, '\xaa'),
                                   "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HkdfSha256, MatchesRfc5869WithEmptySalt) {
  // Appendix A.3
  EXPECT_EQ(hex_encode(hkdf_sha256(std::string(22, '\x0b'), "", 42)),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(HkdfSha256, EachPurposeHasAKeyOfItsOwn) {
  EXPECT_EQ(hkdf_sha256(kKey, "a").size(), 32U);
  EXPECT_NE(hkdf_sha256(kKey, "a"), hkdf_sha256(kKey, "b"));
  EXPECT_NE(hkdf_sha256(kKey, "a"), hkdf_sha256(std::string(32, 'l'), "a"));
}

TEST(Aes256Gcm, MatchesTheGcmSpecification) {
  // McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 13, 14, 16.
  const std::string zeros(32, '\0');
  const std::string zero_nonce(12, '\0');
  EXPECT_EQ(hex_encode(aes_256_gcm_seal(zeros, zero_nonce, "", "")),
            "530f8afbc74536b9a963b4f1c4cb738b");
  EXPECT_EQ(hex_encode(aes_256_gcm_seal(zeros, zero_nonce, std::string(16, '\0'), "")),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");

  const std::string key =
      from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  const std::string nonce = from_hex("cafebabefacedbaddecaf888");
  const std::string plaintext = from_hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const std::string data = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string sealed = from_hex(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
      "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
      "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(aes_256_gcm_seal(key, nonce, plaintext, data), sealed);
  EXPECT_EQ(aes_256_gcm_open(key, nonce, sealed, data), plaintext);
}

TEST(Aes256Gcm, EveryFlippedBitIsRefused) {
  const std::string sealed = aes_256_gcm_seal(kKey, kNonce, "flow", "cookie");
  ASSERT_EQ(aes_256_gcm_open(kKey, kNonce, sealed, "cookie"), "flow");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string tampered = sealed;
    tampered[bit / 8] = static_cast<char>(tampered[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(aes_256_gcm_open(kKey, kNonce, tampered, "cookie"), std::nullopt) << bit;
  }
}

TEST(Aes256Gcm, OtherKeyNonceOrAssociatedDataIsRefused) {
  const std::string sealed = aes_256_gcm_seal(kKey, kNonce, "flow", "cookie");
  EXPECT_EQ(aes_256_gcm_open(std::string(32, 'x'), kNonce, sealed, "cookie"), std::nullopt);
  EXPECT_EQ(aes_256_gcm_open(kKey, std::string(12, 'x'), sealed, "cookie"), std::nullopt);
  EXPECT_EQ(aes_256_gcm_open(kKey, kNonce, sealed, "cookiE"), std::nullopt);
  EXPECT_EQ(aes_256_gcm_open(kKey, kNonce, sealed, ""), std::nullopt);
}

TEST(Aes256Gcm, TruncatedTagIsRefused) {
  const std::string sealed = aes_256_gcm_seal(kKey, kNonce, "flow", "");
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_EQ(aes_256_gcm_open(kKey, kNonce, sealed.substr(0, length), ""), std::nullopt);
  }
}

TEST(Aes256Gcm, ShortKeyOrNonceIsABug) {
  EXPECT_THROW(aes_256_gcm_seal("short", kNonce, "", ""), std::invalid_argument);
  EXPECT_THROW(aes_256_gcm_open(kKey, "short", "", ""), std::invalid_argument);
}

TEST(ConstantTimeEqual, ComparesWholeStrings) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("state", "state"));
  EXPECT_FALSE(constant_time_equal("state", "statE"));
  EXPECT_FALSE(constant_time_equal("state", "Xtate"));
  EXPECT_FALSE(constant_time_equal("state", "stat"));
  EXPECT_FALSE(constant_time_equal("", "state"));
  EXPECT_FALSE(constant_time_equal("a\0b"sv, "a\0c"sv));
}

}  // namespace
}  // namespace latchkey
