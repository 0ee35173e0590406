#include "base/email.h"

#include <algorithm>

#include "base/encoding.h"

namespace latchkey {
namespace {

constexpr std::size_t kMaxAddress = 254;  // RFC 5321 section 4.5.3.1.3, less the angle brackets
constexpr std::size_t kMaxLocalPart = 64;
constexpr std::size_t kMaxLabel = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// RFC 5322 section 3.2.3.
bool is_atext(char c) {
  static constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
}

// Calls `accept` for each part between dots; false as soon as one is refused.
template <class Accept>
bool all_dotted_parts(std::string_view text, Accept accept) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!accept(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_local_part(std::string_view text) {
  // `=?` opens an encoded word (RFC 2047): mail software may decode it to another address.
  if (text.size() > kMaxLocalPart || text.find("=?") != std::string_view::npos) return false;
  return all_dotted_parts(text, [](std::string_view atom) {
    return !atom.empty() && std::all_of(atom.begin(), atom.end(), is_atext);
  });
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-';
         });
}

bool is_domain(std::string_view text) {
  if (ascii_iequals(text, "localhost")) return true;
  const std::size_t last_dot = text.rfind('.');
  if (last_dot == std::string_view::npos || !all_dotted_parts(text, is_label)) return false;
  // An all-digit last label is a bare IP address, which no mail domain is (RFC 3696 section 2).
  const std::string_view top = text.substr(last_dot + 1);
  return !std::all_of(top.begin(), top.end(), is_digit);
}

}  // namespace

std::optional<Email> Email::parse(std::string_view text) {
  if (text.size() > kMaxAddress) return std::nullopt;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  // A second `@` fails as part of the domain.
  if (!is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1))) return std::nullopt;
  return Email(ascii_lower(text));
}

std::string_view Email::domain() const {
  return std::string_view(value_).substr(value_.find('@') + 1);
}

}  // namespace latchkey
