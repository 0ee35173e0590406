// E-mail addresses as Latchkey accepts and compares them (DESIGN section 6): ASCII, one `@`, at
// most 254 characters, lower-cased byte by byte and never folded otherwise. An Email in hand is
// already in that form, so two equal addresses are equal strings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

class Email {
 public:
  // nullopt for anything outside the grammar: no quotes, commas, encoded words, spaces, control
  // bytes, domain literals; local part 1-64 of RFC 5322 atext and dots (not leading, trailing or
  // doubled), domain of LDH labels with at least one dot, or `localhost`.
  static std::optional<Email> parse(std::string_view text);

  [[nodiscard]] const std::string& str() const { return value_; }
  [[nodiscard]] std::string_view domain() const;

  friend bool operator==(const Email&, const Email&) = default;

 private:
  explicit Email(std::string value) : value_(std::move(value)) {}
  std::string value_;
};

}  // namespace latchkey
