// Time is passed in: nothing in the logic asks the system for it. Wall time (UTC, microseconds) is
// for what is stored or compared with a provider's claims; monotonic time is for cool-downs and
// deadlines inside one process, which a stepped wall clock must not stretch.
#pragma once

#include <chrono>
#include <cstdint>

namespace latchkey {

using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::sys_time<Duration>;
using MonotonicPoint = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  [[nodiscard]] virtual MonotonicPoint monotonic() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
  [[nodiscard]] MonotonicPoint monotonic() const override;
};

// Seconds since 1970-01-01 UTC, as JWTs count (RFC 7519 section 2, NumericDate).
inline std::int64_t unix_seconds(TimePoint t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
}

}  // namespace latchkey
