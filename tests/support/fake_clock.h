// A clock that stands still until a test moves it.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace latchkey::test {

class FakeClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return start_ + Duration(elapsed_.load()); }
  [[nodiscard]] MonotonicPoint monotonic() const override {
    return MonotonicPoint{} + std::chrono::hours(1000) + Duration(elapsed_.load());
  }
  void advance(Duration by) { elapsed_ += by.count(); }

 private:
  // 2026-11-21T08:00:00Z
  TimePoint start_{std::chrono::seconds(1'795'248'000)};
  std::atomic<Duration::rep> elapsed_{0};
};

}  // namespace latchkey::test
