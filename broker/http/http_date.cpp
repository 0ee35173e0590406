#include "broker/http/http_date.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace latchkey::broker::http {
namespace {

constexpr std::size_t kLength = 29;  // IMF-fixdate has a fixed length

struct LastDate {
  std::int64_t second = std::numeric_limits<std::int64_t>::min();
  std::array<char, kLength> text{};
};

void write(std::chrono::sys_seconds second, std::array<char, kLength>& text) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(second - day);
  fmt::format_to_n(
      text.data(), text.size(), "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
      kDays.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
      kMonths.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
      time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace

std::string_view http_date(TimePoint now) {
  thread_local LastDate last;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (const auto count = second.time_since_epoch().count(); count != last.second) {
    write(second, last.text);
    last.second = count;
  }
  return {last.text.data(), last.text.size()};
}

}  // namespace latchkey::broker::http
