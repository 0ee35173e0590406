#include "base/characters.h"

#include <algorithm>

namespace latchkey {
namespace {

// Every byte of a character but its first one.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

}  // namespace

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return !is_continuation(c); }));
}

std::string_view first_characters(std::string_view utf8, std::size_t most) {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < utf8.size(); ++at) {
    if (!is_continuation(utf8[at]) && ++seen > most) return utf8.substr(0, at);
  }
  return utf8;
}

}  // namespace latchkey
