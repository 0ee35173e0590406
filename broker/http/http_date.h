// The Date field of answers (RFC 9110 section 6.6.1), which every answer carries.
#pragma once

#include <string_view>

#include "base/clock.h"

namespace latchkey::broker::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (IMF-fixdate, section 5.6.7). Made anew only when the second has
// changed since this thread's last call; the view is good until its next one.
std::string_view http_date(TimePoint now);

}  // namespace latchkey::broker::http
