// The length of text as people see it. A limit that somebody meets while typing counts characters;
// nobody can see how many bytes a letter takes.
#pragma once

#include <cstddef>
#include <string_view>

namespace latchkey {

// Code points of UTF-8. A byte that belongs to no character counts as none or one, so hostile bytes
// make nothing longer than it is.
std::size_t count_characters(std::string_view utf8);
// The first `most` characters of `utf8`, whole.
std::string_view first_characters(std::string_view utf8, std::size_t most);

}  // namespace latchkey
