#include "broker/person_name.h"

#include <fmt/format.h>

#include "base/characters.h"
#include "base/encoding.h"
#include "sql/text.h"

namespace latchkey::broker {

std::optional<std::string> name_fault(std::string_view name) {
  if (!is_clean_utf8(name) || name.find_first_of("\n\t") != std::string_view::npos) {
    return "This holds characters that are not text.";
  }
  if (count_characters(name) > sql::kMaxNameCharacters) {
    return fmt::format("The name has more than {} characters.", sql::kMaxNameCharacters);
  }
  return std::nullopt;
}

}  // namespace latchkey::broker
