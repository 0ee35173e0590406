#include "base/clock.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

TEST(Clock, SystemClockReadsTheSystem) {
  const SystemClock clock;
  const auto before = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const TimePoint now = clock.now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(Clock, MonotonicTimeNeverGoesBack) {
  const SystemClock clock;
  const MonotonicPoint first = clock.monotonic();
  EXPECT_LE(first, clock.monotonic());
}

TEST(Clock, UnixSecondsRoundDownOnBothSidesOfTheEpoch) {
  EXPECT_EQ(unix_seconds(TimePoint(std::chrono::microseconds(1'999'999))), 1);
  EXPECT_EQ(unix_seconds(TimePoint(std::chrono::microseconds(-1))), -1);
}

}  // namespace
}  // namespace latchkey
