// The passwords that are guessed first (their source and licence: NOTICE beside this file),
// embedded in the binary.
#pragma once

#include <string_view>

namespace latchkey::broker {

// In lower case, sorted by bytes, a line feed behind each.
std::string_view common_passwords();

}  // namespace latchkey::broker
