#include "broker/mail/visit_values.h"

#include <fmt/chrono.h>

#include "broker/device_name.h"

namespace latchkey::broker {

Visit visit_of(const Visitor& visitor, TimePoint now) {
  return {.device = device_name(visitor.user_agent), .ip = visitor.ip, .at = now};
}

MailValues visit_values(const Visit& visit) {
  return {{"device", visit.device},
          {"ip", visit.ip},
          {"time", fmt::format("{:%Y-%m-%d %H:%M} UTC",
                               std::chrono::floor<std::chrono::seconds>(visit.at))}};
}

}  // namespace latchkey::broker
