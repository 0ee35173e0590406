// `mail.from`: an address, alone or with the name that mail programs show beside it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/email.h"

namespace latchkey::config {

struct MailAddress {
  std::string name;  // UTF-8, may be empty
  Email address;
};

// "support@example.com" or "Example Support <support@example.com>". The name stands without quotes
// and holds none of the characters that mean something in a header (RFC 5322 section 3.2.3).
std::optional<MailAddress> parse_mail_address(std::string_view text);

}  // namespace latchkey::config
