// Structured logs: one JSON object a line on stderr, {"time","level","event",…}. Values of fields
// whose names are on the list of sensitive parameters (code, state, tokens, secrets, passwords,
// cookies) are replaced, and control bytes leave escaped, so a log line is always one line.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace latchkey::log {

enum class Level { debug, info, warn, error };

namespace detail {

// OAuth parameters, tickets and cookies by their whole name.
inline constexpr auto kSensitiveNames = std::to_array<std::string_view>({
    "access",        "api_key",       "appsecret_proof",     "assertion",
    "authorization", "authorize_url", "client_assertion",    "code",
    "code_verifier", "cookie",        "csrfmiddlewaretoken", "csrftoken",
    "id_token_hint", "nonce",         "private_key",         "proxy_authorization",
    "refresh",       "sessionid",     "set_cookie",          "signed_request",
    "state",         "ticket",        "x_csrftoken",
});

// And whatever is named like one: id_token, debug_token, client_secret, secret_key, new_password.
inline constexpr auto kSensitiveEndings = std::to_array<std::string_view>(
    {"token", "secret", "secret_key", "secret_key_fallbacks", "password", "passwd"});

constexpr char plain(char c) {
  if (c == '-') return '_';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool same(std::string_view name, std::string_view listed) {
  return std::equal(name.begin(), name.end(), listed.begin(), listed.end(),
                    [](char a, char b) { return plain(a) == b; });
}

}  // namespace detail

// Whether values under this name must not be written (also used for query parameters in paths).
// Case and the difference between `-` and `_` do not count.
constexpr bool is_sensitive(std::string_view name) {
  return std::any_of(detail::kSensitiveNames.begin(), detail::kSensitiveNames.end(),
                     [name](std::string_view listed) { return detail::same(name, listed); }) ||
         std::any_of(detail::kSensitiveEndings.begin(), detail::kSensitiveEndings.end(),
                     [name](std::string_view ending) {
                       return name.size() >= ending.size() &&
                              detail::same(name.substr(name.size() - ending.size()), ending);
                     });
}

// A literal is judged when it is compiled, so that a line does not pay for it.
struct FieldName {
  std::string_view text;
  bool sensitive;

  consteval FieldName(const char* literal) : text(literal), sensitive(is_sensitive(literal)) {}
  FieldName(const std::string& name) : text(name), sensitive(is_sensitive(name)) {}
};

struct Field {
  FieldName name;
  std::variant<std::string_view, std::int64_t, double, bool> value;

  Field(FieldName n, std::string_view v) : name(n), value(v) {}
  Field(FieldName n, const char* v) : name(n), value(std::string_view(v)) {}
  Field(FieldName n, const std::string& v) : name(n), value(std::string_view(v)) {}
  Field(FieldName n, bool v) : name(n), value(v) {}
  Field(FieldName n, double v) : name(n), value(v) {}
  Field(FieldName n, int v) : name(n), value(static_cast<std::int64_t>(v)) {}
  Field(FieldName n, std::int64_t v) : name(n), value(v) {}
  Field(FieldName n, std::uint64_t v) : name(n), value(static_cast<std::int64_t>(v)) {}
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

// Lines that leave together, for a thread that answers many requests at a time: one system call for
// all of them. Not thread-safe.
class LineBuffer {
 public:
  LineBuffer() = default;
  ~LineBuffer() { flush(); }
  LineBuffer(const LineBuffer&) = delete;
  LineBuffer& operator=(const LineBuffer&) = delete;

  void add(Level level, std::string_view event, Fields fields);
  void flush();

 private:
  std::string lines_;
};

// The line write() would write, for tests.
std::string format(Level level, std::string_view event, Fields fields, std::string_view time);

}  // namespace latchkey::log
