// The {id} of a route that names a row.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>

#include "broker/http/message.h"

namespace latchkey::broker {

// nullopt for anything but the digits of a positive bigint: such a row cannot exist.
inline std::optional<std::int64_t> path_id(const http::Request& request) {
  std::int64_t id = 0;
  const char* const end = request.id.data() + request.id.size();
  const auto [rest, fault] = std::from_chars(request.id.data(), end, id);
  if (fault != std::errc() || rest != end || id <= 0) return std::nullopt;
  return id;
}

}  // namespace latchkey::broker
