// What lies in the queue of mails, as its reader would see it.
#pragma once

#include <string>

#include "tests/integration/service.h"

namespace latchkey::test {

// Mail that is queued and reaches nobody.
void configure_mail(config::Config& config);

// The queued mails of that kind to that recipient.
std::int64_t mails_to(const Service& service, const std::string& recipient,
                      const std::string& kind);
// The code in the newest mail to that recipient, or "".
std::string mailed_code(const Service& service, const std::string& recipient);

}  // namespace latchkey::test
