#include "broker/password_rules.h"

#include <cstdint>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/encoding.h"
#include "broker/data/common_passwords.h"
#include "sessions/password_hasher.h"

namespace latchkey::broker {

// A binary search over the text as it is: an index would take more memory than the list.
bool is_common_password(std::string_view password) {
  const std::string wanted = ascii_lower(password);
  std::string_view lines = common_passwords();
  while (!lines.empty()) {
    const std::size_t before = lines.rfind('\n', lines.size() / 2 - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t end = lines.find('\n', begin);
    const std::string_view line = lines.substr(begin, end - begin);
    if (line == wanted) return true;
    lines = wanted < line ? lines.substr(0, begin) : lines.substr(end + 1);
  }
  return false;
}

std::optional<std::string> password_fault(std::string_view password,
                                          const config::Accounts& accounts,
                                          std::string_view email) {
  if (static_cast<std::int64_t>(count_characters(password)) < accounts.password_min_length) {
    return fmt::format("The password has fewer than {} characters.", accounts.password_min_length);
  }
  if (password.size() > sessions::PasswordHasher::kMaxPasswordBytes) {
    return fmt::format("The password has more than {} bytes.",
                       sessions::PasswordHasher::kMaxPasswordBytes);
  }
  const std::string lower = ascii_lower(password);
  const std::string address = ascii_lower(email);
  if (lower == address || lower == address.substr(0, address.find('@'))) {
    return "The password is your e-mail address or a part of it.";
  }
  if (is_common_password(password)) {
    return "This is one of the passwords that are guessed first.";
  }
  return std::nullopt;
}

}  // namespace latchkey::broker
