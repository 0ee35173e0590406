#include "broker/mailed_code.h"

#include <array>

#include "base/crypto.h"
#include "base/encoding.h"

namespace latchkey::broker {
namespace {

constexpr std::string_view kAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kLength = 6;
// The largest multiple of the alphabet in a byte; higher bytes are drawn again, because a plain
// modulo would favour the first characters.
constexpr unsigned kLimit = 256 - 256 % kAlphabet.size();

std::string message(std::string_view context, std::string_view code) {
  return std::string(code) + '\0' + std::string(context);
}

// The code as it was drawn; anything that cannot be one stays different from every code.
std::string normalised(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c != ' ' && c != '-') code.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  }
  return code;
}

}  // namespace

std::string MailedCodes::draw() const {
  std::string code;
  while (code.size() < kLength) {
    std::array<unsigned char, 16> pool{};
    random_.fill(pool);
    for (const unsigned byte : pool) {
      if (byte < kLimit && code.size() < kLength) code += kAlphabet[byte % kAlphabet.size()];
    }
  }
  return code;
}

std::string MailedCodes::mac(std::string_view context, std::string_view code) const {
  return signer_.sign(message(context, code));
}

bool MailedCodes::matches(std::string_view mac, std::string_view context,
                          std::string_view typed) const {
  bool match = false;
  for (const std::string& candidate : signer_.candidates(message(context, normalised(typed)))) {
    match |= constant_time_equal(candidate, mac);
  }
  return match;
}

}  // namespace latchkey::broker
