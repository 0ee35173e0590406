// The name of a person, wherever somebody types one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::broker {

// What is wrong with it, as a sentence for who typed it, or nothing. A name may be empty; it is one
// line of at most sql::kMaxNameCharacters characters.
std::optional<std::string> name_fault(std::string_view name);

}  // namespace latchkey::broker
