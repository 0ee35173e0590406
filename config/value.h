// A configuration value on its way from TOML or the environment to its member, and the words a
// fault uses for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace latchkey::config {

// A TOML value that no key takes, by its name in a sentence: "a date", "a table".
struct Unusable {
  std::string_view what;
};

using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, Unusable>;

// What is wrong with a value and how to put it right, as the two halves of a Fault.
struct Complaint {
  std::string what;
  std::string fix;
};
using Verdict = std::optional<Complaint>;  // nullopt: nothing is wrong

// `is "sometimes"`, `is 12`, `is a list`.
std::string describe(const Value& value);
// The same without the value itself, for secrets: `is a string`, `is a number`.
std::string describe_type(const Value& value);

// `text` in double quotes, control bytes escaped, user info of URLs hidden and the middle of
// long values left out: a fault is one line, and shows neither passwords nor terminal escapes.
std::string in_quotes(std::string_view text);
// The same without the quotes.
std::string printable(std::string_view text);

// `"a", "b" or "c"`.
std::string any_of(const std::vector<std::string_view>& names);

}  // namespace latchkey::config
