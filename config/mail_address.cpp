#include "config/mail_address.h"

#include "base/encoding.h"

namespace latchkey::config {

std::optional<MailAddress> parse_mail_address(std::string_view text) {
  std::string_view name;
  std::string_view address = trim(text);
  if (address.ends_with('>')) {
    const std::size_t open = address.find('<');
    if (open == std::string_view::npos) return std::nullopt;
    name = trim(address.substr(0, open));
    address = address.substr(open + 1, address.size() - open - 2);
  }
  if (!is_clean_utf8(name)) return std::nullopt;
  if (name.find_first_of("()<>[]:;@\\,\"\n\t") != std::string_view::npos) return std::nullopt;

  auto email = Email::parse(address);
  if (!email) return std::nullopt;
  return MailAddress{.name = std::string(name), .address = *std::move(email)};
}

}  // namespace latchkey::config
