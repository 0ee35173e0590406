#include "sql/text.h"

#include <array>

#include <arpa/inet.h>

#include "base/characters.h"
#include "base/encoding.h"

namespace latchkey::sql {
namespace {

constexpr std::size_t kMaxUrl = 2048;

// The length that a UTF-8 sequence with this first byte should have.
std::size_t sequence_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  if (byte >= 0xc0) return 2;
  return 1;
}

}  // namespace

std::string displayable(std::string_view text, std::size_t max_bytes) {
  std::string out;
  while (!text.empty()) {
    std::string_view character = text.substr(0, sequence_length(text.front()));
    const bool clean = is_clean_utf8(character);
    if (!clean) character = text.substr(0, 1);
    if (out.size() + character.size() > max_bytes) break;
    out += clean ? character : "?";
    text.remove_prefix(character.size());
  }
  return out;
}

std::string displayable_name(std::string_view name) {
  constexpr std::size_t kMaxBytes = 4 * kMaxNameCharacters;
  return std::string(first_characters(displayable(name, kMaxBytes), kMaxNameCharacters));
}

std::string displayable_url(std::string_view url) {
  return url.size() > kMaxUrl ? "" : displayable(url, kMaxUrl);
}

std::optional<std::string> inet_text(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  if (inet_pton(AF_INET, text.c_str(), binary.data()) == 1 ||
      inet_pton(AF_INET6, text.c_str(), binary.data()) == 1) {
    return text;
  }
  return std::nullopt;
}

}  // namespace latchkey::sql
