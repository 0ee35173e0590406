#include "config/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace latchkey::config {
namespace {

struct Unit {
  char letter;
  std::int64_t seconds;
};
constexpr std::array<Unit, 4> kUnits = {{{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const std::string_view digits = text.substr(0, text.size() - 1);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;

  std::int64_t count = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (parsed.ec != std::errc{}) return std::nullopt;

  for (const Unit& unit : kUnits) {
    if (unit.letter != text.back()) continue;
    if (count > kLongestDuration.count() / unit.seconds) return std::nullopt;
    return std::chrono::seconds(count * unit.seconds);
  }
  return std::nullopt;
}

std::string format_duration(std::chrono::seconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.seconds == 0) {
      return std::to_string(duration.count() / unit.seconds) + unit.letter;
    }
  }
  return std::to_string(duration.count()) + "s";
}

}  // namespace latchkey::config
