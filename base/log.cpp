#include "base/log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <iterator>
#include <memory>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/encoding.h"
#include "base/json.h"

namespace latchkey::log {
namespace {

constexpr std::string_view kRedacted = "[redacted]";

// OAuth parameters, tickets and cookies by their whole name, `-` written as `_`.
constexpr auto kSensitiveNames = std::to_array<std::string_view>({
    "access",        "api_key",       "appsecret_proof",     "assertion",
    "authorization", "authorize_url", "client_assertion",    "code",
    "code_verifier", "cookie",        "csrfmiddlewaretoken", "csrftoken",
    "id_token_hint", "nonce",         "private_key",         "proxy_authorization",
    "refresh",       "sessionid",     "set_cookie",          "signed_request",
    "state",         "ticket",        "x_csrftoken",
});

// And whatever is named like one: id_token, debug_token, client_secret, secret_key, new_password.
constexpr auto kSensitiveEndings = std::to_array<std::string_view>(
    {"token", "secret", "secret_key", "secret_key_fallbacks", "password", "passwd"});

std::atomic<Level> minimum_level{Level::info};

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "error";
}

// spdlog holds the lock and the stream, and survives a stderr that went away; what a line looks
// like is decided here.
spdlog::logger& output() {
  static spdlog::logger logger = [] {
    spdlog::logger made("latchkey", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_pattern("%v");
    made.set_level(spdlog::level::trace);
    return made;
  }();
  return logger;
}

// RFC 3339, UTC, with microseconds.
std::string timestamp() {
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

// JSON leaves DEL and C1 as they are, but a terminal that shows the log obeys them. In JSON text
// they can only stand inside strings, so an escape is always right.
std::string escape_terminal_controls(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = i + 1 < json.size() ? static_cast<unsigned char>(json[i + 1]) : 0U;
    if (byte == 0x7f) {
      out += "\\u007f";
    } else if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", next);
      ++i;
    } else {
      out.push_back(json[i]);
    }
  }
  return out;
}

}  // namespace

void set_level(Level level) { minimum_level.store(level, std::memory_order_relaxed); }

bool enabled(Level level) { return level >= minimum_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  output().log(spdlog::level::info,
               spdlog::string_view_t(format(level, event, fields, timestamp())));
}

std::string format(Level level, std::string_view event, Fields fields, std::string_view time) {
  JsonWriter json;
  json.begin_object().field("time", time).field("level", name_of(level)).field("event", event);
  for (const Field& field : fields) {
    json.key(field.name);
    // A flag like "has_password" tells nothing; anything longer might.
    if (is_sensitive(field.name) && !std::holds_alternative<bool>(field.value)) {
      json.value(kRedacted);
    } else {
      std::visit([&json](const auto& value) { json.value(value); }, field.value);
    }
  }
  return escape_terminal_controls(json.end_object().text());
}

bool is_sensitive(std::string_view name) {
  std::string plain = ascii_lower(name);
  std::replace(plain.begin(), plain.end(), '-', '_');
  return std::find(kSensitiveNames.begin(), kSensitiveNames.end(), plain) !=
             kSensitiveNames.end() ||
         std::any_of(kSensitiveEndings.begin(), kSensitiveEndings.end(),
                     [&plain](std::string_view ending) { return plain.ends_with(ending); });
}

}  // namespace latchkey::log
