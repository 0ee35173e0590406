#include "broker/password_rules.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "sessions/password_hasher.h"

namespace latchkey::broker {
namespace {

// Of UTF-8; a byte that belongs to no character makes no password longer.
std::int64_t count_code_points(std::string_view text) {
  constexpr unsigned char kContinuationMask = 0xc0;
  constexpr unsigned char kContinuation = 0x80;
  return std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & kContinuationMask) != kContinuation;
  });
}

}  // namespace

std::optional<std::string> password_fault(std::string_view password,
                                          const config::Accounts& accounts) {
  if (count_code_points(password) < accounts.password_min_length) {
    return fmt::format("The password has fewer than {} characters.", accounts.password_min_length);
  }
  if (password.size() > sessions::PasswordHasher::kMaxPasswordBytes) {
    return fmt::format("The password has more than {} bytes.",
                       sessions::PasswordHasher::kMaxPasswordBytes);
  }
  return std::nullopt;
}

}  // namespace latchkey::broker
