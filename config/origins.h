// Which other origins a browser may come from or be sent to: `spa.origins`, beside our own.
#pragma once

#include <string_view>

#include "config/config.h"

namespace latchkey::config {

// Whether `origin` (RFC 6454 section 6.2, as a browser writes it) is exactly `pattern`, or matches
// the one `*` that stands for a whole first label of its host.
bool origin_matches(std::string_view pattern, std::string_view origin);

// Whether `origin` is that of `server.public_url` or one of `spa.origins`.
bool origin_allowed(const Config& config, std::string_view origin);

}  // namespace latchkey::config
