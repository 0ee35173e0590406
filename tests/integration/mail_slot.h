// What lies in the queue of mails, as its reader would see it.
#pragma once

#include <map>
#include <string>

#include "tests/integration/service.h"

namespace latchkey::test {

// {"name": "value", …}
std::string form(const std::map<std::string, std::string>& members);

// Mail that is queued and reaches nobody.
void configure_mail(config::Config& config);

// The queued mails of that kind to that recipient.
std::int64_t mails_to(const Service& service, const std::string& recipient,
                      const std::string& kind);
// The text of the newest mail of that kind to that recipient, or "".
std::string mail_text(const Service& service, const std::string& recipient,
                      const std::string& kind);
// The token of the link in the newest mail of that kind to that recipient, or "".
std::string mailed_token(const Service& service, const std::string& recipient,
                         const std::string& kind);
// The code in the newest mail to that recipient, or "".
std::string mailed_code(const Service& service, const std::string& recipient);

}  // namespace latchkey::test
