// Structured logs: one JSON object a line on stderr, {"time","level","event",…}. Values of fields
// whose names are on the list of sensitive parameters (code, state, tokens, secrets, passwords,
// cookies) are replaced, and control bytes leave escaped, so a log line is always one line.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace latchkey::log {

enum class Level { debug, info, warn, error };

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  Field(std::string_view n, int v) : name(n), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(v) {}
  Field(std::string_view n, std::uint64_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
};

using Fields = std::initializer_list<Field>;

// Lines below `level` are dropped. Default: info.
void set_level(Level level);
// Whether a line of this level would be written, to skip the cost of making its fields.
bool enabled(Level level);

// `event` is a stable dotted name: "signin.completed", "store.unavailable".
void write(Level level, std::string_view event, Fields fields = {});

inline void debug(std::string_view event, Fields fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

// The line write() would write, for tests.
std::string format(Level level, std::string_view event, Fields fields, std::string_view time);

// Whether values under this name must not be written (also used for query parameters in paths).
bool is_sensitive(std::string_view name);

}  // namespace latchkey::log
