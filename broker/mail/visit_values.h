// What a mail says of the visit that caused it: "device", "ip" and "time".
#pragma once

#include "base/clock.h"
#include "broker/admission.h"
#include "broker/mail/templates.h"

namespace latchkey::broker {

MailValues visit_values(const Visitor& visitor, TimePoint now);

}  // namespace latchkey::broker
