#include "broker/commands/reason_input.h"

#include <cstdio>

#include <fmt/core.h>
#include <unistd.h>

#include "base/encoding.h"

namespace latchkey::broker::commands {
namespace {

constexpr const char* kNone = "no reason given";
// Far beyond what the desk takes (ChangeDesk::kMaxReason), which says so then.
constexpr std::size_t kEndless = 4096;

// To the end of the line. Through the stream that a password is read from next.
std::string read_line() {
  std::string line;
  for (int c = std::getc(stdin); c != EOF && c != '\n'; c = std::getc(stdin)) {
    if (line.size() < kEndless) line.push_back(static_cast<char>(c));
  }
  return line;
}

}  // namespace

Done settle_reason(ChangeOptions& options) {
  if (!options.reason.empty() || options.dry_run) return {};
  if (isatty(STDIN_FILENO) == 0) {
    options.reason = kNone;
    return {};
  }
  fmt::print(stderr, "Why? The audit log keeps it: ");
  options.reason = trim(read_line());
  if (!options.reason.empty()) return {};
  return complain(kMisused, "Nothing has changed; say why, or give --reason.");
}

}  // namespace latchkey::broker::commands
