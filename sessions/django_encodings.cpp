#include "sessions/django_encodings.h"

#include <array>
#include <bit>
#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "sessions/argon2id.h"

namespace latchkey::sessions {
namespace {

constexpr unsigned kMostIterations = 5'000'000;

constexpr std::uint64_t kMostScryptKib = 65'536;
constexpr std::uint64_t kMostScryptWork = 524'288;  // KiB
constexpr unsigned kMostScryptLanes = 16;
constexpr std::size_t kScryptBytes = 64;

constexpr unsigned kLeastBcryptRounds = 4;
constexpr unsigned kMostBcryptRounds = 15;
constexpr std::size_t kBcryptLength = 60;  // $2b$12$, 22 characters of salt, 31 of hash
constexpr std::size_t kBcryptHashLength = 31;
constexpr std::size_t kBcryptPasswordBytes = 72;  // bcrypt ignores what follows

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

// The fields between the dollars, if there are exactly N.
template <std::size_t N>
std::optional<std::array<std::string_view, N>> split(std::string_view text) {
  std::array<std::string_view, N> fields;
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t dollar = text.find('$');
    const bool last = i + 1 == N;
    if (last != (dollar == std::string_view::npos)) return std::nullopt;
    fields.at(i) = text.substr(0, dollar);
    if (!last) text.remove_prefix(dollar + 1);
  }
  return fields;
}

// A decimal from 1 to `most`, without leading zeros; 0 when it is none.
unsigned number(std::string_view text, unsigned most) {
  if (text.starts_with('0')) return 0;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) return 0;
  return value;
}

Verification compare(std::string_view computed, std::string_view stored, std::uint64_t work = 0) {
  return {.match = constant_time_equal(computed, stored) ? Match::yes : Match::no, .work = work};
}

Verification pbkdf2(std::string_view password, std::string_view encoded, const EVP_MD* digest) {
  const auto fields = split<4>(encoded);
  if (!fields) return {};
  const auto& [algorithm, iterations, salt, hash] = *fields;
  const unsigned times = number(iterations, kMostIterations);
  const auto stored = base64_decode(hash);
  std::string computed(static_cast<std::size_t>(EVP_MD_get_size(digest)), '\0');
  if (times == 0 || salt.empty() || !stored || stored->size() != computed.size()) return {};
  const int done =
      PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), bytes(salt),
                        static_cast<int>(salt.size()), static_cast<int>(times), digest,
                        static_cast<int>(computed.size()), bytes(computed));
  if (done != 1) return {};
  return compare(computed, *stored);
}

// `encoded` is $2b$<rounds>$… , or with the letter of an elder library that computes the same.
Verification bcrypt(std::string_view password, std::string_view encoded) {
  constexpr std::string_view kAlphabet =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  if (encoded.size() != kBcryptLength ||
      !(encoded.starts_with("$2b$") || encoded.starts_with("$2a$") ||
        encoded.starts_with("$2y$")) ||
      encoded[6] != '$' || encoded.find_first_not_of(kAlphabet, 7) != std::string_view::npos) {
    return {};
  }
  const std::string_view two_digits = encoded.substr(4, 2);
  const unsigned rounds =
      number(two_digits.substr(two_digits.starts_with('0') ? 1 : 0), kMostBcryptRounds);
  if (rounds < kLeastBcryptRounds) return {};

  std::string phrase(password.substr(0, kBcryptPasswordBytes));
  const std::string setting(encoded);
  const auto work_area = std::make_unique<crypt_data>();
  const char* output = crypt_r(phrase.c_str(), setting.c_str(), work_area.get());
  const std::string computed = output == nullptr ? "" : output;
  // C strings end at NUL, and a password does not.
  const bool cut = phrase.find('\0') != std::string::npos;
  OPENSSL_cleanse(phrase.data(), phrase.size());
  OPENSSL_cleanse(work_area.get(), sizeof(crypt_data));
  if (computed.size() != kBcryptLength) return {};
  if (cut) return {.match = Match::no};
  return compare(std::string_view(computed).substr(kBcryptLength - kBcryptHashLength),
                 encoded.substr(kBcryptLength - kBcryptHashLength));
}

// What follows the name of the algorithm and a dollar.
std::string_view after_name(std::string_view encoded) {
  const std::size_t dollar = encoded.find('$');
  return dollar == std::string_view::npos ? "" : encoded.substr(dollar + 1);
}

}  // namespace

Verification django_pbkdf2_sha256_verify(std::string_view password, std::string_view encoded) {
  return pbkdf2(password, encoded, EVP_sha256());
}

Verification django_pbkdf2_sha1_verify(std::string_view password, std::string_view encoded) {
  return pbkdf2(password, encoded, EVP_sha1());
}

Verification django_argon2_verify(std::string_view password, std::string_view encoded) {
  const std::string phc = "$" + std::string(after_name(encoded));
  return phc.starts_with("$argon2i$") ? argon2i_verify(password, phc)
                                      : argon2id_verify(password, phc);
}

Verification django_scrypt_verify(std::string_view password, std::string_view encoded) {
  const auto fields = split<6>(encoded);
  if (!fields) return {};
  const auto& [algorithm, cost, salt, block, lanes, hash] = *fields;
  // In 128 bytes: n and r are bounded one by one only so that their product fits.
  const std::uint64_t n = number(cost, 1U << 20);
  const std::uint64_t r = number(block, 1U << 10);
  const std::uint64_t p = number(lanes, kMostScryptLanes);
  const std::uint64_t memory_kib = n * r / 8;
  const std::uint64_t work = memory_kib * p;
  const auto stored = base64_decode(hash);
  if (n < 2 || !std::has_single_bit(n) || r == 0 || p == 0 || salt.empty() || !stored ||
      stored->size() != kScryptBytes || memory_kib > kMostScryptKib || work > kMostScryptWork) {
    return {};
  }
  // OpenSSL counts the lanes and its own buffers too, which are small beside the limit.
  constexpr std::uint64_t kMemoryLimit = (kMostScryptKib + 16'384) * 1024;
  std::string computed(kScryptBytes, '\0');
  const int done = EVP_PBE_scrypt(password.data(), password.size(), bytes(salt), salt.size(), n, r,
                                  p, kMemoryLimit, bytes(computed), computed.size());
  if (done != 1) return {};
  return compare(computed, *stored, work);
}

Verification django_bcrypt_sha256_verify(std::string_view password, std::string_view encoded) {
  std::string digest = hex_encode(sha256(password));
  const Verification verification = bcrypt(digest, after_name(encoded));
  OPENSSL_cleanse(digest.data(), digest.size());
  return verification;
}

Verification django_bcrypt_verify(std::string_view password, std::string_view encoded) {
  return bcrypt(password, after_name(encoded));
}

}  // namespace latchkey::sessions
