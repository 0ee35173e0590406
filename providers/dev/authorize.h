// The authorization endpoint of all stand-ins (RFC 6749 section 4.1.1, RFC 7636, RFC 9207): checks
// the request, shows the pick page or answers at once, and sends the browser back with a code or an
// error.
#pragma once

#include "providers/dev/world.h"

namespace latchkey::providers::dev {

// GET shows the page; POST is the page's form, sent to the same URL with its query.
Answer authorize(const Call& call);

}  // namespace latchkey::providers::dev
