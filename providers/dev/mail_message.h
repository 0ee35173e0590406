// Reads a mail for the inbox page: headers, and the text and HTML inside (RFC 5322, 2045-2047). A
// reader for developers: what it does not understand it shows as it came.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::providers::dev {

struct MailMessage {
  // In order, unfolded, with encoded words decoded.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string text;  // of the first text/plain part, lines end with LF
  std::string html;  // of the first text/html part

  [[nodiscard]] std::string header(std::string_view name) const;  // any case; empty when absent
};

MailMessage parse_mail(std::string_view raw);

}  // namespace latchkey::providers::dev
