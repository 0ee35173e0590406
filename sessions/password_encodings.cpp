#include "sessions/password_encodings.h"

#include <array>

#include "sessions/argon2id.h"

namespace latchkey::sessions {
namespace {

struct Encoding {
  std::string_view prefix;
  Verification (*verify)(std::string_view password, std::string_view encoded);
};

constexpr std::array kEncodings{
    Encoding{"$argon2id$", argon2id_verify},
};

}  // namespace

Verification verify_encoded(std::string_view password, std::string_view encoded) {
  for (const Encoding& encoding : kEncodings) {
    if (encoded.starts_with(encoding.prefix)) return encoding.verify(password, encoded);
  }
  return {};
}

std::string_view dummy_encoded() {
  return "$argon2id$v=19$m=19456,t=2,p=1$7r7VSTLXW7yQtmtew/"
         "qh4A$U72pkFPoWf57lKH9HReKc5p5IRiu4LrbNB3Xg063EA4";
}

}  // namespace latchkey::sessions
