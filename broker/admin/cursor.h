// The opaque cursors of lists: where the next page goes on, as base64url. They hold nothing secret
// and are trusted with nothing: whatever they say, the statements behind them only choose a place
// to begin.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::broker::admin {

// Parts are joined by NUL, which no part holds.
std::string make_cursor(const std::vector<std::string>& parts);
// nullopt for what no list can have given out.
std::optional<std::vector<std::string>> read_cursor(std::string_view cursor);
// A whole number in decimal.
std::optional<std::int64_t> cursor_number(std::string_view text);

}  // namespace latchkey::broker::admin
