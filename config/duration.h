// Durations as an operator writes them: "30s", "10m", "24h", "14d".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::config {

// A whole number and one unit: s, m, h or d. nullopt for anything else, also beyond 10,000 days,
// so that arithmetic on what passes cannot overflow.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

// The largest unit that divides it: 1,209,600 s is "14d".
std::string format_duration(std::chrono::seconds duration);

inline constexpr std::chrono::seconds kLongestDuration = std::chrono::days(10'000);

}  // namespace latchkey::config
