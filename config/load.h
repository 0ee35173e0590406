// Reads the TOML file, lays LATCHKEY_… environment variables over it, checks everything and reports
// every fault at once with its place and its fix. Called once at start-up by the command line.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace latchkey::config {

struct Fault {
  std::string place;  // "latchkey.toml:12" or "environment LATCHKEY_SERVER_LISTEN"
  std::string key;    // "session.cookie_samesite"
  std::string what;   // "is \"sometimes\""
  std::string fix;    // "use \"Lax\", \"Strict\" or \"None\""

  // One line, as compilers write it:
  //   latchkey.toml:12: session.cookie_samesite: is "sometimes"; use "Lax", "Strict" or "None"
  [[nodiscard]] std::string text() const;
};

struct Loaded {
  Config config;
  // In the order of the file, then of the environment. The configuration must not be used when
  // there is any fault.
  std::vector<Fault> faults;
  std::vector<Fault> warnings;  // legal, but probably not what is meant
};

using Environment = std::map<std::string, std::string>;

// The process's LATCHKEY_ variables.
Environment process_environment();

// `path` empty: environment only. A missing or unreadable file is a fault like any other.
Loaded load_file(const std::string& path, const Environment& environment);
// The same from text in memory; `name` stands for the file in faults, and relative paths are
// relative to `directory`.
Loaded load_text(std::string_view toml, const std::string& name, const std::string& directory,
                 const Environment& environment);

}  // namespace latchkey::config
