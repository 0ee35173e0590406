// What an onlooker may know of a provider without asking it anything: what its visitors met of
// late.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"

namespace latchkey::providers {

struct ProviderHealth {
  enum class State {
    ok,
    ill,  // it failed so often that for a while it is not asked (breaker.h)
    off,  // its metadata is wrong or cannot be had, so nobody can sign in by it
  };

  State state = State::ok;
  std::string detail =
      {};            // what went wrong last, until it works again; nothing the provider wrote
  int failures = 0;  // in a row, of those that make it ill
  std::optional<TimePoint> retry_at =
      {};  // while ill: from when on one request goes through to see
  std::optional<TimePoint> last_success_at = {};
  std::optional<TimePoint> last_failure_at = {};
};

}  // namespace latchkey::providers
