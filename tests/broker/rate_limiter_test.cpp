#include "broker/rate_limiter.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace latchkey::broker {
namespace {

using std::chrono::seconds;

constexpr RateLimiter::Limit kThreeAMinute{.events = 3, .window = seconds(60)};

TEST(RateLimiter, RefusesBeyondTheLimitAndSaysForHowLong) {
  test::FakeClock clock;
  RateLimiter limiter(clock);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", kThreeAMinute), std::nullopt);
  clock.advance(seconds(20));
  EXPECT_EQ(limiter.take("a", kThreeAMinute), 40);
  EXPECT_EQ(limiter.take("b", kThreeAMinute), std::nullopt);
}

TEST(RateLimiter, TheWindowEndsByItself) {
  test::FakeClock clock;
  RateLimiter limiter(clock);
  for (int i = 0; i < 4; ++i) limiter.take("a", kThreeAMinute);
  clock.advance(seconds(60));
  EXPECT_EQ(limiter.take("a", kThreeAMinute), std::nullopt);
}

TEST(RateLimiter, RefusedEventsDoNotProlongTheWindow) {
  test::FakeClock clock;
  RateLimiter limiter(clock);
  for (int i = 0; i < 3; ++i) limiter.take("a", kThreeAMinute);
  clock.advance(seconds(59));
  EXPECT_EQ(limiter.take("a", kThreeAMinute), 1);
  clock.advance(seconds(1));
  EXPECT_EQ(limiter.take("a", kThreeAMinute), std::nullopt);
}

TEST(RateLimiter, AnEventCanBeGivenBack) {
  test::FakeClock clock;
  RateLimiter limiter(clock);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limiter.take("a", kThreeAMinute), std::nullopt);
    limiter.give_back("a");
  }
}

TEST(RateLimiter, ManyAddressesDoNotFillTheMemory) {
  test::FakeClock clock;
  RateLimiter limiter(clock, 2);
  limiter.take("a", kThreeAMinute);
  limiter.take("b", kThreeAMinute);
  clock.advance(seconds(61));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("c", kThreeAMinute), std::nullopt);
  EXPECT_TRUE(limiter.take("c", kThreeAMinute).has_value());
  EXPECT_EQ(limiter.take("d", kThreeAMinute), std::nullopt);
  EXPECT_EQ(limiter.take("e", kThreeAMinute), std::nullopt);
}

TEST(RateLimiter, OneVisitorsIpv6NetworkCountsAsOne) {
  EXPECT_EQ(limit_key_of_address("2001:db8:1:2::1"), limit_key_of_address("2001:db8:1:2:ffff::9"));
  EXPECT_NE(limit_key_of_address("2001:db8:1:2::1"), limit_key_of_address("2001:db8:1:3::1"));
  EXPECT_NE(limit_key_of_address("192.0.2.1"), limit_key_of_address("192.0.2.2"));
}

}  // namespace
}  // namespace latchkey::broker
