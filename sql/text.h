// Text from outside on its way into columns that are only shown. PostgreSQL refuses a NUL, bytes
// that are not UTF-8 and addresses it cannot parse; a crafted User-Agent must not fail a login.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::sql {

// At most `max_bytes` of `text`, cut between characters. Control characters but tab and
// line feed, and bytes that are not UTF-8, become '?'.
std::string displayable(std::string_view text, std::size_t max_bytes);

// The name of a person or a thing, of at most kMaxNameCharacters.
inline constexpr std::size_t kMaxNameCharacters = 150;
std::string displayable_name(std::string_view name);

// A URL that is only shown, or nothing when it is too long: half a URL is none.
std::string displayable_url(std::string_view url);

// `address` when it is IPv4 or IPv6 in text form, without an IPv6 zone. nullopt otherwise.
std::optional<std::string> inet_text(std::string_view address);

}  // namespace latchkey::sql
