// "Did you mean": the known name nearest to an unknown one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::config {

// How many letters to insert, delete, replace or swap with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Empty when nothing is near enough to be what was meant.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace latchkey::config
