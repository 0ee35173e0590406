#include "broker/commands/password_input.h"

#include <cstdio>

#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/try.h"
#include "sessions/password_hasher.h"

namespace latchkey::broker::commands {
namespace {

constexpr char kInterrupt = 0x03;  // Ctrl-C

// Turns the echo off while it lives. Signals from the keyboard are off too, or Ctrl-C would leave
// the terminal without an echo; it ends the line instead, and the reader sees it there.
class SilentTerminal {
 public:
  SilentTerminal() {
    tcgetattr(STDIN_FILENO, &before_);
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
    silent.c_cc[VEOL] = static_cast<cc_t>(kInterrupt);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~SilentTerminal() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    fmt::print(stderr, "\n");
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  termios before_{};
};

// Without its end. Longer than a password may be is as good as endless.
Attempt<std::string> read_line() {
  std::string line;
  while (line.size() <= sessions::PasswordHasher::kMaxPasswordBytes + 1) {
    const int c = std::getc(stdin);
    if (c == EOF && line.empty()) {
      return complain(kMisused, "There is no password on stdin; its first line is the password.");
    }
    if (c == EOF || c == '\n') break;
    if (c == kInterrupt) return complain(kRefused, "Interrupted; nothing has changed.");
    line.push_back(static_cast<char>(c));
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Attempt<std::string> ask(const char* what) {
  const SilentTerminal silent;
  fmt::print(stderr, "{}: ", what);
  return read_line();
}

}  // namespace

Attempt<Secret> read_password() {
  const bool at_terminal = isatty(STDIN_FILENO) != 0;
  LATCHKEY_TRY_ASSIGN(std::string line, at_terminal ? ask("New password") : read_line());
  // No browser could ever send it.
  if (!is_clean_utf8(line)) {
    return complain(kRefused, "The password holds bytes that are not UTF-8 text.");
  }
  if (at_terminal) {
    LATCHKEY_TRY_ASSIGN(const std::string again, ask("The same again"));
    if (again != line) return complain(kRefused, "These were two different passwords.");
  }
  return Secret(std::move(line));
}

}  // namespace latchkey::broker::commands
