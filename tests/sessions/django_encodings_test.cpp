// Hashes that Django itself has made. Made once with Debian's python3-django 3.2.25, python3-argon2
// and python3-bcrypt: make_password("correct horse é", hasher=NAME) of django.contrib.auth.hashers,
// for each NAME. Django 3.2 has no scrypt: kScryptOfDjango is what Django 4.0 and later make of
// make_password("lètmein", "seasalt", "scrypt"), as its own tests have it; the other two are
// hashlib.scrypt(password, salt=…, n=16384, r=8, p=…, maxmem=64 MiB, dklen=64), which is the call
// of its ScryptPasswordHasher and gives kScryptOfDjango, too.
#include "sessions/django_encodings.h"

#include <algorithm>
#include <array>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sessions/password_hasher.h"
#include "tests/support/must.h"

namespace latchkey::sessions {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kPassword = "correct horse é";

constexpr std::string_view kPbkdf2 =
    "pbkdf2_sha256$260000$NdiQuVnMhgmooaOmIljEka$b7na/+6HzI59Bd8+ez3X51u4NXxmFAuS19LTEMNbzew=";
// One that is cheap to compute: PBKDF2PasswordHasher().encode(password, "x", 1000).
constexpr std::string_view kCheapPbkdf2 =
    "pbkdf2_sha256$1000$x$U2x4RND3Ln0sOlHX87T9j5tvu+IfrFyRQzSPrfz76Wg=";
constexpr std::string_view kPbkdf2Sha1 =
    "pbkdf2_sha1$260000$bFgedJVdQq8GbnROTj8mE6$AooyC7kZpdU/dFjnzYm9Vofqcqc=";
constexpr std::string_view kArgon2id =
    "argon2$argon2id$v=19$m=102400,t=2,p=8$UFBRZTJBbmt1cE9Nck40MUxZZXZ3Ug$"
    "dH4jtlOpUZvlLv75l6b28g";
// The costs of Django 2: argon2.low_level.hash_secret(…, 2, 512, 2, 32, Type.I).
constexpr std::string_view kArgon2i =
    "argon2$argon2i$v=19$m=512,t=2,p=2$c2FsdHlzYWx0eXNhbHQ$"
    "qNDZOvbnCofPNiyH8FEsxor4StxnwV9hN41uH4VUAm0";
constexpr std::string_view kScrypt =
    "scrypt$16384$Kd8uZt0ZgKqUyl9fYw1Vbn$8$1$Ry8rLMaSC4PY6okLUjgoCV2Vis/"
    "UluslrUElJfvwDeNpdZbMyekg3iYTEFj38KGdJrBliXarvvnDT6PvBEKzyQ==";
constexpr std::string_view kScryptFiveLanes =
    "scrypt$16384$Kd8uZt0ZgKqUyl9fYw1Vbn$8$5$/ims/LWmiwDr34igBad/"
    "DmqLsxDCJOHPi8vCSE9UzeM2s6V8rZGjEJXEj2tcsHTki4fo+Ky92pNQVsZzV8MDOg==";
constexpr std::string_view kScryptOfDjango =
    "scrypt$16384$seasalt$8$1$Qj3+9PPyRjSJIebHnG81TMjsqtaIGxNQG/aEB/NY"
    "afTJ7tibgfYz71m0ldQESkXFRkdVCBhhY8mx7rQwite/Pw==";
constexpr std::string_view kBcryptSha256 =
    "bcrypt_sha256$$2b$12$f.4cGHjkWuVomKITYJCIFOnOP/ItMxK27s7Z8Vy6l.6b/nwpb6KTC";
constexpr std::string_view kBcrypt =
    "bcrypt$$2b$12$BJ1aHkVWvubsWaL1S9R//uoPUwWFUtJLCLPcWmUUgRZeeJJiUKkWG";
// Of a hundred times x.
constexpr std::string_view kBcryptOfLong =
    "bcrypt$$2b$12$2/1aSr5VuaW/Tl/Inhm92OacYNQDwWGHBQBLDshk48p40u1wAMv52";

constexpr std::array kAll{kPbkdf2, kCheapPbkdf2,     kPbkdf2Sha1,   kArgon2id, kArgon2i,
                          kScrypt, kScryptFiveLanes, kBcryptSha256, kBcrypt};

class DjangoEncodings : public testing::Test {
 protected:
  bool verify(std::string_view password, std::string_view encoded) {
    return test::must(hasher_.verify(Secret(std::string(password)), encoded));
  }

  PasswordHasher hasher_{{.threads = 1}};
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  return result.replace(result.find(from), from.size(), to);
}

TEST_F(DjangoEncodings, HashesOfDjangoVerifyAndAskForARehash) {
  for (const std::string_view encoded : kAll) {
    EXPECT_TRUE(verify(kPassword, encoded)) << encoded;
    EXPECT_FALSE(verify("correct horse e", encoded)) << encoded;
    EXPECT_TRUE(PasswordHasher::needs_rehash(encoded)) << encoded;
  }
}

TEST_F(DjangoEncodings, ScryptOfDjangoItselfVerifies) {
  EXPECT_TRUE(verify("lètmein", kScryptOfDjango));
  EXPECT_FALSE(verify("lètmeinz", kScryptOfDjango));
  EXPECT_TRUE(PasswordHasher::needs_rehash(kScryptOfDjango));
}

TEST_F(DjangoEncodings, AlteredHashesVerifyNothing) {
  for (const std::string_view encoded : {kCheapPbkdf2, kArgon2i, kScrypt, kBcryptSha256}) {
    std::string altered(encoded);
    char& character = altered[altered.size() - 8];
    character = character == 'A' ? 'B' : 'A';
    EXPECT_EQ(verify_encoded(kPassword, altered).match, Match::no) << altered;
  }
}

TEST_F(DjangoEncodings, BcryptReadsSeventyTwoBytesAsDjangoDoes) {
  EXPECT_TRUE(verify(std::string(100, 'x'), kBcryptOfLong));
  EXPECT_TRUE(verify(std::string(PasswordHasher::kMaxPasswordBytes, 'x'), kBcryptOfLong));
  EXPECT_FALSE(verify(std::string(71, 'x'), kBcryptOfLong));
}

TEST_F(DjangoEncodings, PasswordIsNotCutAtNul) {
  const std::string longer = std::string(kPassword) + '\0' + "x";
  for (const std::string_view encoded : {kCheapPbkdf2, kArgon2i, kScrypt, kBcryptSha256, kBcrypt}) {
    EXPECT_FALSE(verify(longer, encoded)) << encoded;
  }
}

TEST_F(DjangoEncodings, UnusablePasswordNeverVerifiesAndIsNoFault) {
  constexpr std::string_view kUnusable = "!g0Nyg3K8HN5rZq85zta5UB1k2U4EEgWIzs01ChI1";
  testing::internal::CaptureStderr();
  EXPECT_FALSE(verify("", kUnusable));
  EXPECT_FALSE(verify(kUnusable, kUnusable));
  EXPECT_FALSE(verify(kUnusable.substr(1), kUnusable));
  EXPECT_FALSE(verify(kPassword, "!" + std::string(kCheapPbkdf2)));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(DjangoEncodings, StoredHashWithHugeCostsIsNeverComputed) {
  for (const std::string& encoded :
       {replaced(kPbkdf2, "260000", "5000001"), replaced(kPbkdf2, "260000", "4294967296"),
        replaced(kPbkdf2, "260000", "99999999999999999999"),
        replaced(kPbkdf2Sha1, "260000", "2147483647"), replaced(kArgon2id, "102400", "4194304"),
        replaced(kArgon2id, "t=2", "t=1000000"), replaced(kArgon2i, "p=2", "p=17"),
        replaced(kScrypt, "16384", "1048576"), replaced(kScrypt, "16384", "9223372036854775808"),
        replaced(kScrypt, "$8$", "$1024$"), replaced(kScrypt, "$1$", "$1000000$"),
        replaced(replaced(kScrypt, "16384", "65536"), "$1$", "$16$"),
        replaced(kBcrypt, "$12$", "$16$"), replaced(kBcryptSha256, "$12$", "$31$")}) {
    const Verification verification = verify_encoded(kPassword, encoded);
    EXPECT_EQ(verification.match, Match::not_understood) << encoded;
    EXPECT_EQ(verification.work, 0U) << encoded;
  }
}

TEST_F(DjangoEncodings, MalformedHashesAreNotUnderstood) {
  for (const std::string& encoded :
       {std::string("pbkdf2_sha256$"),
        std::string("pbkdf2_sha256$$$"),
        std::string("argon2$"),
        std::string("scrypt$$$$$"),
        std::string("bcrypt$"),
        std::string("bcrypt_sha256$$2b$12$"),
        replaced(kCheapPbkdf2, "$1000$", "$0$"),
        replaced(kCheapPbkdf2, "$1000$", "$-1$"),
        replaced(kCheapPbkdf2, "$1000$", "$01000$"),
        replaced(kCheapPbkdf2, "$x$", "$$"),
        replaced(kCheapPbkdf2, "sha256", "sha1"),
        replaced(kCheapPbkdf2, "=", ""),
        std::string(kCheapPbkdf2) + "$",
        replaced(kCheapPbkdf2, "$x$", "$" + std::string(500, 'x') + "$"),
        replaced(kScrypt, "16384", "16383"),
        replaced(kScrypt, "16384", "1"),
        replaced(kScrypt, "$8$", "$0$"),
        replaced(kScrypt, "==", ""),
        replaced(kBcrypt, "$2b$", "$2x$"),
        replaced(kBcrypt, "$12$", "$03$"),
        replaced(kBcrypt, "$12$", "$1a$"),
        std::string(kBcrypt) + "x",
        replaced(kBcrypt, "J1", "J!"),
        replaced(kBcrypt, "bcrypt$", "bcrypt"),
        replaced(kArgon2id, "argon2id", "argon2d"),
        replaced(kArgon2id, "argon2$", "argon2$$"),
        std::string("md5$salt$0123456789abcdef")}) {
    EXPECT_EQ(verify_encoded(kPassword, encoded).match, Match::not_understood) << encoded;
  }
}

// Bytes are cut, doubled and replaced at random, from a seed that stands still. What is left of a
// hash may verify the password only if it is the same hash.
TEST_F(DjangoEncodings, BrokenRowsDoNotCrashOrVerify) {
  std::mt19937 random(20261121);
  constexpr std::string_view kBytes = "$=!./+0189aAzZ,\0\n\xff";
  for (int round = 0; round < 4000; ++round) {
    std::string encoded(std::array{kCheapPbkdf2, kArgon2i}.at(random() % 2));
    // The rest only cut short, without its hash, so that nothing dear is computed.
    if (round % 2 == 0) {
      const std::string_view dear = kAll.at(random() % kAll.size());
      encoded = dear.substr(0, random() % (dear.size() - 4));
    }
    const std::size_t at = random() % (encoded.size() + 1);
    const char byte = kBytes[random() % kBytes.size()];
    switch (random() % 3) {
      case 0:
        encoded.insert(at, 1, byte);
        break;
      case 1:
        encoded.erase(at, 1 + random() % 4);
        break;
      default:
        encoded.replace(at, at < encoded.size() ? 1 : 0, 1, byte);
    }
    const bool same = std::find(kAll.begin(), kAll.end(), encoded) != kAll.end();
    EXPECT_TRUE(same || verify_encoded(kPassword, encoded).match != Match::yes) << encoded;
  }
}

TEST_F(DjangoEncodings, RefusedHashCostsADummyAndIsLoggedWithoutTheHash) {
  const std::string dear = replaced(kPbkdf2, "260000", "5000001");
  testing::internal::CaptureStderr();
  EXPECT_FALSE(verify(kPassword, dear));
  EXPECT_FALSE(verify(kPassword, "md5$salt$0123456789abcdef"));
  const std::string lines = testing::internal::GetCapturedStderr();
  EXPECT_EQ(hasher_.work_done(), 2U * 19456 * 2);
  EXPECT_THAT(lines,
              HasSubstr(R"("event":"password_hash.refused","encoding":"django pbkdf2_sha256")"));
  EXPECT_THAT(lines, HasSubstr(R"("encoding":"unknown")"));
  for (const char* part : {"NdiQuVn", "b7na", "5000001", "md5", "0123456789"}) {
    EXPECT_THAT(lines, Not(HasSubstr(part)));
  }
}

}  // namespace
}  // namespace latchkey::sessions
