// The two places values come from. Each is read into entries that name their key in the schema;
// config/load.cpp decides which entry wins and stores it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/report.h"
#include "config/schema.h"

namespace latchkey::config {

struct Entry {
  const Key* key = nullptr;
  std::string provider = {};  // the id, for keys of the section "providers"
  bool names_a_file = false;  // <key>_file: the value is the path of a file with the secret
  bool from_environment = false;
  Value value = {};
  Place place = {};

  // "server.secret_key" and, as written, "server.secret_key_file".
  [[nodiscard]] std::string full_name() const { return key->full_name(provider); }
  [[nodiscard]] std::string written_name() const {
    return full_name() + (names_a_file ? "_file" : "");
  }
};

struct Sources {
  std::vector<Entry> entries;       // the file's first
  std::set<std::string> providers;  // ids; a provider may have no entry
};

// A key of the schema, or the `_file` of a secret one. A null key when there is neither.
struct Named {
  const Key* key = nullptr;
  bool names_a_file = false;
};
Named find_named(std::string_view section, std::string_view name);

// Adds what the file holds. False when the text is no TOML: then there is exactly one fault.
bool read_toml(std::string_view text, Report& report, Sources& sources);

// Adds what the LATCHKEY_ variables hold. Providers they name are those the file has, where '-' and
// '_' are alike, or new ones.
void read_environment(const Environment& environment, Report& report, Sources& sources);

}  // namespace latchkey::config
