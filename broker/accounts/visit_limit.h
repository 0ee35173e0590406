// How often one address may ask for something that sends mail or costs a hash (DESIGN section 10).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "broker/admission.h"
#include "broker/rate_limiter.h"
#include "config/config.h"

namespace latchkey::broker {

// Counts one visit; rate_limited, with retry_after, beyond `per_minute`.
inline Status take_visit(RateLimiter& limiter, const config::Limits& limits,
                         std::string_view purpose, int per_minute, const Visitor& visitor) {
  if (!limits.enabled) return {};
  const std::string key = std::string(purpose) + '/' + limit_key_of_address(visitor.ip);
  const auto wait = limiter.take(key, {per_minute, std::chrono::seconds(60)});
  if (!wait) return {};
  return fail(Error{.code = ErrorCode::rate_limited, .retry_after = *wait});
}

}  // namespace latchkey::broker
