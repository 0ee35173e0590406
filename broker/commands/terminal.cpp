#include "broker/commands/terminal.h"

#include <algorithm>
#include <array>
#include <clocale>
#include <cwchar>
#include <utility>

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace latchkey::broker::commands {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kCut = "…";
// A last column narrower than this says nothing.
constexpr std::size_t kLeastWidth = 12;

// For the C library's own tables of characters, whatever the locale of whoever calls.
class Utf8 {
 public:
  Utf8() : before_(uselocale(locale())) {}
  ~Utf8() { uselocale(before_); }
  Utf8(const Utf8&) = delete;
  Utf8& operator=(const Utf8&) = delete;

 private:
  static locale_t locale() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;
  }
  locale_t before_;
};

struct Character {
  wchar_t value = 0;       // the byte itself where it is no character
  std::size_t length = 1;  // in bytes
  bool valid = false;
};

Character first_character(std::string_view text) {
  std::mbstate_t state{};  // its own, so threads do not meet
  Character first;
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const std::size_t length = std::mbrtowc(&first.value, text.data(), text.size(), &state);
  if (length == 0) return {.value = 0, .length = 1, .valid = true};  // NUL
  if (length > text.size()) {  // one of the two numbers that stand for "none"
    return {.value = static_cast<unsigned char>(text.front()), .length = 1, .valid = false};
  }
  first.length = length;
  first.valid = true;
  return first;
}

bool is_control(wchar_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); }

// Line and paragraph separators, marks, embeddings, overrides and isolates of direction.
bool misleads(wchar_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

template <class Escape>
std::string escaped(std::string_view text, const Escape& escape) {
  const Utf8 utf8;
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_character(text);
    if (!next.valid || is_control(next.value) || misleads(next.value)) {
      out += escape(static_cast<unsigned>(next.value));
    } else {
      out += text.substr(0, next.length);
    }
    text.remove_prefix(next.length);
  }
  return out;
}

std::size_t width_of_character(const Character& character) {
  const int width = wcwidth(character.value);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

std::string cut(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  const Utf8 utf8;
  std::string_view rest = text;
  std::size_t taken = 0;
  while (!rest.empty()) {
    const Character next = first_character(rest);
    if (taken + width_of_character(next) + 1 > width) break;  // one column is the mark's
    taken += width_of_character(next);
    rest.remove_prefix(next.length);
  }
  return std::string(text.substr(0, text.size() - rest.size())).append(kCut);
}

// Nullopt when stdout is no terminal.
std::optional<std::size_t> terminal_columns() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) {
    return std::nullopt;
  }
  if (size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

std::string padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, width_of(text)), ' ');
}

}  // namespace

std::string shown(std::string_view text) {
  return escaped(text, [](unsigned c) {
    return c < 0x100 ? fmt::format("\\x{:02x}", c) : fmt::format("\\u{:04x}", c);
  });
}

std::string shown_json(std::string_view json) {
  return escaped(json, [](unsigned c) { return fmt::format("\\u{:04x}", c); });
}

std::size_t width_of(std::string_view text) {
  const Utf8 utf8;
  std::size_t width = 0;
  while (!text.empty()) {
    const Character next = first_character(text);
    width += width_of_character(next);
    text.remove_prefix(next.length);
  }
  return width;
}

Table::Table(std::vector<std::string> head) : head_(std::move(head)) {
  for (const std::string& cell : head_) widths_.push_back(width_of(cell));
}

void Table::add(const std::vector<std::string>& cells) {
  std::vector<std::string>& row = rows_.emplace_back();
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    row.push_back(shown(cells.at(i)));
    widths_[i] = std::max(widths_[i], width_of(row.back()));
  }
}

void Table::print() {
  if (rows_.empty()) return;
  const auto columns = terminal_columns();
  std::size_t taken = 0;
  for (std::size_t i = 0; i + 1 < widths_.size(); ++i) taken += widths_[i] + kGap.size();
  if (!columns) {
    print_rows(std::nullopt);
  } else if (taken + std::min(widths_.back(), kLeastWidth) <= *columns) {
    print_rows(*columns - taken);
  } else {
    print_blocks();
  }
  rows_.clear();
  begun_ = true;
}

void Table::print_rows(std::optional<std::size_t> last_width) const {
  if (!begun_) print_row(head_, last_width);
  for (const auto& row : rows_) print_row(row, last_width);
}

void Table::print_row(const std::vector<std::string>& cells,
                      std::optional<std::size_t> last_width) const {
  std::string line;
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
    line += padded(cells[i], widths_[i]).append(kGap);
  }
  line += last_width ? cut(cells.back(), *last_width) : cells.back();
  line.erase(line.find_last_not_of(' ') + 1);
  fmt::print("{}\n", line);
}

void Table::print_blocks() const {
  std::size_t name_width = 0;
  for (const std::string& name : head_) name_width = std::max(name_width, width_of(name));
  bool first = !begun_;
  for (const auto& row : rows_) {
    if (!std::exchange(first, false)) fmt::print("\n");
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].empty()) fmt::print("{}  {}\n", padded(head_[i], name_width), row[i]);
    }
  }
}

}  // namespace latchkey::broker::commands
