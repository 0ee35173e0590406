#include "broker/admin/form.h"

#include <charconv>

#include "base/encoding.h"
#include "base/try.h"
#include "broker/admin/cursor.h"
#include "broker/admin/staff_gate.h"

namespace latchkey::broker::admin {
namespace {

// The number that all of `text` is, in decimal digits.
std::optional<int> digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace

std::optional<TimePoint> parse_time(std::string_view text) {
  const auto date = parse_date(text.substr(0, 10));
  if (!date) return std::nullopt;
  if (text.size() == 10) return TimePoint(*date);
  if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text[19] != 'Z') {
    return std::nullopt;
  }
  const auto hours = digits(text.substr(11, 2));
  const auto minutes = digits(text.substr(14, 2));
  const auto seconds = digits(text.substr(17, 2));
  if (!hours || !minutes || !seconds || *hours > 23 || *minutes > 59 || *seconds > 60) {
    return std::nullopt;
  }
  return TimePoint(*date) + std::chrono::hours(*hours) + std::chrono::minutes(*minutes) +
         std::chrono::seconds(*seconds);
}

tl::expected<std::optional<std::string>, Refusal> text(JsonView body, std::string_view name) {
  const JsonView member = body[name];
  if (!member.exists() || member.is_null()) return std::nullopt;
  const auto value = member.string();
  if (!value) return refuse(std::string(name), "This must be text.");
  return std::string(*value);
}

tl::expected<std::optional<bool>, Refusal> flag(JsonView body, std::string_view name) {
  const JsonView member = body[name];
  if (!member.exists() || member.is_null()) return std::nullopt;
  const auto value = member.boolean();
  if (!value) return refuse(std::string(name), "This must be true or false.");
  return value;
}

Result<std::optional<std::string>> wanted_text(const http::Request& request,
                                               std::string_view name) {
  LATCHKEY_TRY_ASSIGN(auto value, request.single(name));
  if (value && value->empty()) value.reset();
  if (value && !is_clean_utf8(*value)) {
    return fail(ErrorCode::parameters_invalid, std::string(name));
  }
  return value;
}

Result<std::optional<bool>> wanted_flag(const http::Request& request, std::string_view name) {
  LATCHKEY_TRY_ASSIGN(const auto value, wanted_text(request, name));
  if (!value) return std::nullopt;
  if (*value == "1" || *value == "true") return true;
  if (*value == "0" || *value == "false") return false;
  return fail(ErrorCode::parameters_invalid, std::string(name));
}

Result<std::optional<TimePoint>> wanted_time(const http::Request& request, std::string_view name) {
  LATCHKEY_TRY_ASSIGN(const auto value, wanted_text(request, name));
  if (!value) return std::nullopt;
  const auto time = parse_time(*value);
  if (!time) return fail(ErrorCode::parameters_invalid, std::string(name));
  return time;
}

Result<std::int64_t> wanted_place(const http::Request& request) {
  LATCHKEY_TRY_ASSIGN(const auto page, wanted_text(request, "page"));
  if (!page) return 0;
  const auto parts = read_cursor(*page);
  const auto place = parts && parts->size() == 1 ? cursor_number(parts->front()) : std::nullopt;
  if (!place || *place <= 0) return fail(ErrorCode::parameters_invalid, "page");
  return *place;
}

tl::expected<std::int64_t, Refusal> id_in(const std::string& text, ErrorCode otherwise) {
  const auto id = parse_id(text, otherwise);
  if (!id) return tl::unexpected<Refusal>({.error = id.error()});
  return *id;
}

}  // namespace latchkey::broker::admin
