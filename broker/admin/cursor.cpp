#include "broker/admin/cursor.h"

#include <charconv>

#include "base/encoding.h"

namespace latchkey::broker::admin {

std::string make_cursor(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) joined += '\0';
    joined += part;
  }
  return base64url_encode(joined);
}

std::optional<std::vector<std::string>> read_cursor(std::string_view cursor) {
  const auto joined = base64url_decode(cursor);
  if (!joined) return std::nullopt;
  std::vector<std::string> parts(1);
  for (const char c : *joined) {
    if (c == '\0') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (const std::string& part : parts) {
    if (!is_clean_utf8(part)) return std::nullopt;
  }
  return parts;
}

std::optional<std::int64_t> cursor_number(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace latchkey::broker::admin
