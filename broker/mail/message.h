// What a mail carries in its headers (RFC 5322, RFC 2047). Everything that comes from outside
// passes header_text(), so that no value can begin a header of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/mail_address.h"

namespace latchkey::broker {

// A mail as the queue holds it, on its way to the server.
struct OutgoingMail {
  // The same at every attempt, so that a receiver can drop a second copy: RFC 5322's msg-id
  // without its brackets.
  std::string message_id;
  std::string recipient;  // an Email's str()
  std::string subject;
  std::string text;  // UTF-8, lines end with LF
  std::string html;
  TimePoint date;
};

// UTF-8 text for a header: as it is when it is short printable ASCII, else as encoded words;
// control characters become spaces.
std::string header_text(std::string_view text);
// "Sat, 21 Nov 2026 08:00:00 +0000"
std::string mail_date(TimePoint at);
std::vector<std::string> headers_of(const OutgoingMail& mail, const config::MailAddress& from);

}  // namespace latchkey::broker
