// What a mail says of the visit that caused it: "device", "ip" and "time".
#pragma once

#include <string>

#include "base/clock.h"
#include "broker/admission.h"
#include "broker/mail/templates.h"

namespace latchkey::broker {

struct Visit {
  std::string device;
  std::string ip;
  TimePoint at;
};
Visit visit_of(const Visitor& visitor, TimePoint now);

MailValues visit_values(const Visit& visit);

}  // namespace latchkey::broker
