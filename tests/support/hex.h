// Bytes from the hexadecimal text that RFCs print their examples in.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace latchkey::test {

inline std::string from_hex(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  if (text.size() % 2 != 0) throw std::invalid_argument("odd number of hexadecimal digits");
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = kDigits.find(text[i]);
    const auto low = kDigits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      throw std::invalid_argument("not a hexadecimal digit");
    }
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

}  // namespace latchkey::test
