// Reading what an administrative route is asked: members of the body and parameters of the query,
// each of the type it must have.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "broker/admin/change_desk.h"
#include "broker/http/message.h"

namespace latchkey::broker::admin {

// A member of the body; nullopt when it is absent or null, a Refusal that names it when it is of
// another type.
tl::expected<std::optional<std::string>, Refusal> text(JsonView body, std::string_view name);
tl::expected<std::optional<bool>, Refusal> flag(JsonView body, std::string_view name);

// A parameter of the query; an empty one counts as absent.
Result<std::optional<std::string>> wanted_text(const http::Request& request, std::string_view name);
// 1, true, 0 or false
Result<std::optional<bool>> wanted_flag(const http::Request& request, std::string_view name);
// RFC 3339 in UTC ("2026-11-21T08:30:00Z"), or a date, which is its midnight.
Result<std::optional<TimePoint>> wanted_time(const http::Request& request, std::string_view name);

// The `page` of a list by descending ids, a cursor of one number: below which id it goes on; 0 for
// the first page.
Result<std::int64_t> wanted_place(const http::Request& request);

// The same of any text.
std::optional<TimePoint> parse_time(std::string_view text);

// parse_id() (staff_gate.h) where a Refusal is asked for.
tl::expected<std::int64_t, Refusal> id_in(const std::string& text, ErrorCode otherwise);

}  // namespace latchkey::broker::admin
