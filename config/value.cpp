#include "config/value.h"

#include "base/encoding.h"

namespace latchkey::config {
namespace {

constexpr std::size_t kLongestShown = 120;

// "smtp://user:password@host" without what stands before the "@".
std::string without_user_info(std::string_view text) {
  const std::size_t slashes = text.find("//");
  if (slashes == std::string_view::npos) return std::string(text);
  const std::size_t begin = slashes + 2;
  const std::size_t end = text.find_first_of("/?#", begin);
  const std::size_t at = text.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(text);
  return std::string(text.substr(0, begin)).append("***").append(text.substr(at));
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

std::string printable(std::string_view text) {
  const std::string shown = without_user_info(text);
  std::string out;
  for (const char c : shown) {
    if (out.size() >= kLongestShown) return out + "...";
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out += "\\x" + hex_encode(std::string_view(&c, 1));
    } else {
      out += c;
    }
  }
  return out;
}

std::string in_quotes(std::string_view text) { return '"' + printable(text) + '"'; }

std::string describe(const Value& value) {
  return std::visit(
      Overloaded{[](bool flag) { return std::string(flag ? "is true" : "is false"); },
                 [](std::int64_t number) { return "is " + std::to_string(number); },
                 [](const std::string& text) {
                   return text.empty() ? std::string("is empty") : "is " + in_quotes(text);
                 },
                 [](const std::vector<std::string>&) { return std::string("is a list"); },
                 [](Unusable other) { return "is " + std::string(other.what); }},
      value);
}

std::string describe_type(const Value& value) {
  return std::visit(
      Overloaded{[](bool) { return std::string("is a boolean"); },
                 [](std::int64_t) { return std::string("is a number"); },
                 [](const std::string&) { return std::string("is a string"); },
                 [](const std::vector<std::string>&) { return std::string("is a list"); },
                 [](Unusable other) { return "is " + std::string(other.what); }},
      value);
}

std::string any_of(const std::vector<std::string_view>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += '"' + std::string(names[i]) + '"';
  }
  return out;
}

}  // namespace latchkey::config
