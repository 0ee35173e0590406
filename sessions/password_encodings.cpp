#include "sessions/password_encodings.h"

#include <array>

#include "sessions/argon2id.h"
#include "sessions/django_encodings.h"

namespace latchkey::sessions {
namespace {

struct Encoding {
  std::string_view name;
  std::string_view prefix;
  Verification (*verify)(std::string_view password, std::string_view encoded);
};

constexpr std::array kEncodings{
    Encoding{"argon2id", "$argon2id$", argon2id_verify},
    Encoding{"django pbkdf2_sha256", "pbkdf2_sha256$", django_pbkdf2_sha256_verify},
    Encoding{"django pbkdf2_sha1", "pbkdf2_sha1$", django_pbkdf2_sha1_verify},
    Encoding{"django argon2", "argon2$", django_argon2_verify},
    Encoding{"django scrypt", "scrypt$", django_scrypt_verify},
    Encoding{"django bcrypt_sha256", "bcrypt_sha256$", django_bcrypt_sha256_verify},
    Encoding{"django bcrypt", "bcrypt$", django_bcrypt_verify},
};

// No column of Django's or of ours holds more.
constexpr std::size_t kMaxEncodedLength = 512;

const Encoding* find_encoding(std::string_view encoded) {
  for (const Encoding& encoding : kEncodings) {
    if (encoded.starts_with(encoding.prefix)) return &encoding;
  }
  return nullptr;
}

}  // namespace

Verification verify_encoded(std::string_view password, std::string_view encoded) {
  const Encoding* encoding = find_encoding(encoded);
  if (encoding == nullptr || encoded.size() > kMaxEncodedLength) return {};
  return encoding->verify(password, encoded);
}

std::string_view encoding_name(std::string_view encoded) {
  const Encoding* encoding = find_encoding(encoded);
  return encoding == nullptr ? "unknown" : encoding->name;
}

bool is_unusable(std::string_view encoded) { return encoded.empty() || encoded.starts_with('!'); }

std::string_view dummy_encoded() {
  return "$argon2id$v=19$m=19456,t=2,p=1$7r7VSTLXW7yQtmtew/"
         "qh4A$U72pkFPoWf57lKH9HReKc5p5IRiu4LrbNB3Xg063EA4";
}

}  // namespace latchkey::sessions
