// The keys an operator can set: one table, each with the member it fills and its check. The TOML
// file, the environment and `<key>_file` all go through it, and the reference file and
// docs/configuration.md are tested against it, so there is no second list of keys.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"
#include "config/value.h"

namespace latchkey::config {

// What a key of the table writes into; `provider` is set for keys of the section "providers".
struct Target {
  Config* config = nullptr;
  Provider* provider = nullptr;
};
template <class T>
using Member = std::function<T&(Target)>;

// Judges a value by itself and may bring it into its one form, e.g. lower case. Never called with
// an empty value. Complaints of a SecretCheck must not repeat the secret.
using TextCheck = Verdict (*)(std::string& value);
using SecretCheck = Verdict (*)(std::string_view value);

struct Flag {
  Member<bool> member;
};
struct OptionalFlag {
  Member<std::optional<bool>> member;
};
struct Integer {
  Member<int> member;
  int min = 0;
  int max = 0;
};
struct Span {
  Member<seconds> member;
};
struct Text {
  Member<std::string> member;
  TextCheck check;
  bool never_empty = false;  // otherwise empty stands for "none"
};
// What follows `prefix` is a path, which is relative to the place it is written in. A value
// without the prefix holds no path.
struct Path {
  Member<std::string> member;
  TextCheck check;
  std::string_view prefix;
  bool never_empty = false;
};
// The absolute URL of something at a provider; checks.cpp demands https.
struct Endpoint {
  Member<std::string> member;
};
struct List {
  Member<std::vector<std::string>> member;
  TextCheck check;  // of each element
};
struct Choice {
  std::vector<std::string_view> names;  // in the order of the enumeration
  std::function<void(Target, std::size_t)> set;
  std::function<std::size_t(Target)> get;
};
struct SecretText {
  Member<Secret> member;
  SecretCheck check = nullptr;
};
struct SecretList {
  Member<std::vector<Secret>> member;
  SecretCheck check = nullptr;  // of each element
};
using Slot = std::variant<Flag, OptionalFlag, Integer, Span, Text, Path, Endpoint, List, Choice,
                          SecretText, SecretList>;

struct Key {
  std::string_view section;  // "providers" for the keys of every provider
  std::string_view name;
  Slot slot;

  [[nodiscard]] bool is_secret() const;
  [[nodiscard]] bool is_list() const;
  [[nodiscard]] bool of_provider() const { return section == "providers"; }
  // "session.cookie_name", "providers.github.client_id" (`provider_id` is not used otherwise).
  [[nodiscard]] std::string full_name(std::string_view provider_id) const;
};

const std::vector<Key>& schema();

// Null when there is none.
const Key* find_key(std::string_view section, std::string_view name);
bool is_section(std::string_view name);

// Checks `value` and stores it. `directory` is what relative paths count from; empty for the
// current one.
Verdict assign(const Key& key, const Value& value, const std::string& directory, Target target);

// `path` as seen from `directory`.
std::string resolve_path(const std::string& directory, const std::string& path);

}  // namespace latchkey::config
