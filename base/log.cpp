#include "base/log.h"

#include <atomic>
#include <chrono>
#include <cmath>
#include <iterator>
#include <memory>

#include <fmt/chrono.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "base/json.h"

namespace latchkey::log {
namespace {

constexpr std::string_view kRedacted = "[redacted]";

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

// RFC 3339, UTC, with microseconds. The text up to the second is kept from one line to the next.
std::string_view timestamp() {
  constexpr std::size_t kSecondsEnd = sizeof("2026-01-02T03:04:05") - 1;
  thread_local std::string text;
  thread_local std::chrono::sys_seconds second{};
  const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto current = std::chrono::floor<std::chrono::seconds>(now);
  if (text.empty() || current != second) {
    text = fmt::format("{:%Y-%m-%dT%H:%M:%S}.000000Z", current);
    second = current;
  }
  auto rest = static_cast<unsigned>((now - current).count());
  for (std::size_t digit = 6; digit > 0; --digit, rest /= 10) {
    text[kSecondsEnd + digit] = static_cast<char>('0' + rest % 10);
  }
  return text;
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

void append_value(std::string& out, std::string_view text) {
  if (is_verbatim_json(text)) {
    out.append(1, '"').append(text).append(1, '"');
  } else {
    out += escape_terminal_controls(JsonWriter().value(text).text());
  }
}
void append_value(std::string& out, bool value) { out += value ? "true" : "false"; }
void append_value(std::string& out, std::int64_t value) { out += fmt::format_int(value).c_str(); }
void append_value(std::string& out, double value) {
  // JSON has no word for what is no number.
  std::isfinite(value) ? fmt::format_to(std::back_inserter(out), "{}", value)
                       : fmt::format_to(std::back_inserter(out), "null");
}

void append_field(std::string& out, std::string_view name, std::string_view text) {
  append_value(out, name);
  out += ':';
  append_value(out, text);
}

void append_line(std::string& out, Level level, std::string_view event, Fields fields,
                 std::string_view time) {
  out += '{';
  append_field(out, "time", time);
  out += ',';
  append_field(out, "level", name_of(level));
  out += ',';
  append_field(out, "event", event);
  for (const Field& field : fields) {
    out += ',';
    append_value(out, field.name.text);
    out += ':';
    // A flag like "has_password" tells nothing; anything longer might.
    if (field.name.sensitive && !std::holds_alternative<bool>(field.value)) {
      append_value(out, kRedacted);
    } else {
      std::visit([&out](const auto& value) { append_value(out, value); }, field.value);
    }
  }
  out += '}';
}

void emit(std::string_view lines) {
  output().log(spdlog::level::info, spdlog::string_view_t(lines.data(), lines.size()));
}

}  // namespace

void set_level(Level level) { minimum_level.store(level, std::memory_order_relaxed); }

bool enabled(Level level) { return level >= minimum_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) {
  if (enabled(level)) emit(format(level, event, fields, timestamp()));
}

std::string format(Level level, std::string_view event, Fields fields, std::string_view time) {
  std::string line;
  append_line(line, level, event, fields, time);
  return line;
}

void LineBuffer::add(Level level, std::string_view event, Fields fields) {
  if (!enabled(level)) return;
  if (!lines_.empty()) lines_ += '\n';
  append_line(lines_, level, event, fields, timestamp());
}

void LineBuffer::flush() {
  if (lines_.empty()) return;
  emit(lines_);
  lines_.clear();
}

}  // namespace latchkey::log
