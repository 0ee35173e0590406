#include "broker/mail/visit_values.h"

#include <fmt/chrono.h>

#include "broker/device_name.h"

namespace latchkey::broker {

MailValues visit_values(const Visitor& visitor, TimePoint now) {
  return {{"device", device_name(visitor.user_agent)},
          {"ip", visitor.ip},
          {"time",
           fmt::format("{:%Y-%m-%d %H:%M} UTC", std::chrono::floor<std::chrono::seconds>(now))}};
}

}  // namespace latchkey::broker
