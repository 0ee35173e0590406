// What leaves on a terminal. Names, subjects, user agents and provider answers come from strangers,
// and a terminal obeys the control sequences in what it shows (CWE-150): a command writes nothing
// of theirs but through here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::broker::commands {

// `text` on one line. What a terminal would obey instead of show is written as its number, "\x1b"
// or "\u202e": control characters, also those beyond ASCII (ECMA-48 section 5.3), marks that turn
// the direction of writing (Unicode TR 36), bytes that are not UTF-8.
std::string shown(std::string_view text);
// JSON with the same written as JSON's own escapes: the same document.
std::string shown_json(std::string_view json);
// How many columns `shown` text takes.
std::size_t width_of(std::string_view text);

// Rows under a head, in columns. At a terminal the last column is cut to the width; where even that
// leaves no room, each row becomes a block of lines. In a pipe or a file nothing is cut.
class Table {
 public:
  explicit Table(std::vector<std::string> head);

  // One cell for each column, any text.
  void add(const std::vector<std::string>& cells);
  // Prints what has been added since the last time, so that a long list need not wait for its end.
  void print();

 private:
  void print_rows(std::optional<std::size_t> columns) const;
  void print_blocks() const;
  void print_row(const std::vector<std::string>& cells,
                 std::optional<std::size_t> last_width) const;

  std::vector<std::string> head_;
  std::vector<std::size_t> widths_;
  std::vector<std::vector<std::string>> rows_;
  bool begun_ = false;
};

}  // namespace latchkey::broker::commands
