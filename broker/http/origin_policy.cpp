#include "broker/http/origin_policy.h"

#include <algorithm>

#include "config/origins.h"

namespace latchkey::broker::http {

bool OriginPolicy::is_foreign_allowed(std::string_view origin) const {
  return origin != own_ &&
         std::any_of(foreign_.begin(), foreign_.end(), [origin](const std::string& pattern) {
           return config::origin_matches(pattern, origin);
         });
}

}  // namespace latchkey::broker::http
