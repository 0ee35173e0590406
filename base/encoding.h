// Text forms of bytes. Decoders are strict: one byte string has exactly one accepted form, so a
// token cannot be altered and still pass (non-zero trailing bits are refused).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

std::string base64url_encode(std::string_view bytes);  // RFC 4648 section 5, no padding
std::optional<std::string> base64url_decode(std::string_view text);  // refuses padding
std::string base64_encode(std::string_view bytes);                   // RFC 4648 section 4, padded
std::optional<std::string> base64_decode(std::string_view text);
std::string hex_encode(std::string_view bytes);  // lower case
// The number `bytes` (big-endian) in base 62, digits 0-9A-Za-z, left-padded to `length` characters
// and cut to the `length` least significant ones.
std::string base62_encode(std::string_view bytes, std::size_t length);

std::string ascii_lower(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);
// Without leading and trailing spaces and tabs.
std::string_view trim(std::string_view text);
// `text` with HTML's five special characters as entities.
std::string html_escape(std::string_view text);
// Whether `text` is well-formed UTF-8 without surrogates and without control bytes other than tab
// and line feed.
bool is_clean_utf8(std::string_view text);
// `text` with every byte that is not part of well-formed UTF-8 replaced by U+FFFD.
std::string to_valid_utf8(std::string_view text);

}  // namespace latchkey
