#include "providers/breaker.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace latchkey::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class BreakerTest : public testing::Test {
 protected:
  void fault(int times) {
    for (int i = 0; i < times; ++i) {
      auto permit = breaker.enter();
      ASSERT_TRUE(permit) << "fault " << i;
      permit->failed("timed out");
    }
  }
  void open() { fault(Breaker::kFaults); }

  test::FakeClock clock;
  Breaker breaker{"github", clock};
};

TEST_F(BreakerTest, FourFaultsLeaveItClosed) {
  fault(4);
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, FiveFaultsInARowOpenIt) {
  open();
  EXPECT_FALSE(breaker.enter());
}

TEST_F(BreakerTest, ASuccessBetweenStartsTheCountAnew) {
  fault(4);
  breaker.enter()->succeeded();
  fault(4);
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, OpenForTenSecondsAndSaysSo) {
  open();
  EXPECT_EQ(breaker.retry_after(), 10);
  clock.advance(milliseconds(9'999));
  EXPECT_FALSE(breaker.enter());
  EXPECT_EQ(breaker.retry_after(), 1);
  clock.advance(milliseconds(1));
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, ExactlyOneProbe) {
  open();
  clock.advance(seconds(10));
  const auto probe = breaker.enter();
  ASSERT_TRUE(probe);
  EXPECT_FALSE(breaker.enter());
  EXPECT_EQ(breaker.retry_after(), 1);
}

TEST_F(BreakerTest, AGoodProbeClosesIt) {
  open();
  clock.advance(seconds(10));
  breaker.enter()->succeeded();
  fault(4);
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, ABadProbeOpensItForAnotherTenSeconds) {
  open();
  clock.advance(seconds(10));
  breaker.enter()->failed("timed out");
  EXPECT_FALSE(breaker.enter());
  clock.advance(seconds(10));
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, ALostProbeMakesRoomForAnother) {
  open();
  clock.advance(seconds(10));
  { const auto probe = breaker.enter(); }
  auto next = breaker.enter();
  ASSERT_TRUE(next);
  next->succeeded();
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, ALostOrdinaryRequestCountsForNothing) {
  fault(4);
  { const auto lost = breaker.enter(); }
  fault(1);
  EXPECT_FALSE(breaker.enter());
}

TEST_F(BreakerTest, NewsFromBeforeItOpenedDoesNotCloseIt) {
  auto early = breaker.enter();
  ASSERT_TRUE(early);
  open();
  early->succeeded();
  EXPECT_FALSE(breaker.enter());
}

TEST_F(BreakerTest, NewsFromBeforeDoesNotDecideTheProbe) {
  auto early = breaker.enter();
  ASSERT_TRUE(early);
  open();
  clock.advance(seconds(10));
  auto probe = breaker.enter();
  ASSERT_TRUE(probe);
  early->failed("timed out");
  probe->succeeded();
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, AMovedPermitReportsOnce) {
  fault(4);
  auto permit = breaker.enter();
  ASSERT_TRUE(permit);
  Breaker::Permit moved = std::move(*permit);
  permit.reset();
  moved.failed("late");
  EXPECT_FALSE(breaker.enter());
}

TEST_F(BreakerTest, TellsAnOnlookerWhatItKnowsOfTheProvider) {
  EXPECT_EQ(breaker.health().state, ProviderHealth::State::ok);
  EXPECT_FALSE(breaker.health().last_success_at || breaker.health().last_failure_at);

  breaker.enter()->succeeded();
  const TimePoint worked = clock.now();
  clock.advance(seconds(3));
  open();
  const ProviderHealth ill = breaker.health();
  EXPECT_EQ(ill.state, ProviderHealth::State::ill);
  EXPECT_EQ(ill.failures, Breaker::kFaults);
  EXPECT_EQ(ill.detail, "timed out");
  EXPECT_EQ(ill.last_success_at, worked);
  EXPECT_EQ(ill.last_failure_at, clock.now());
  EXPECT_EQ(ill.retry_at, clock.now() + Breaker::kOpenFor);

  clock.advance(Breaker::kOpenFor);
  auto probe = breaker.enter();
  EXPECT_EQ(breaker.health().state, ProviderHealth::State::ill) << "until the probe tells";
  EXPECT_FALSE(breaker.health().retry_at);
  probe->succeeded();
  const ProviderHealth well = breaker.health();
  EXPECT_EQ(well.state, ProviderHealth::State::ok);
  EXPECT_EQ(well.failures, 0);
  EXPECT_EQ(well.detail, "");
  EXPECT_EQ(well.last_success_at, clock.now());
}

TEST_F(BreakerTest, AFailedProbeIsOneMoreFailure) {
  open();
  clock.advance(Breaker::kOpenFor);
  breaker.enter()->failed("status 500");
  EXPECT_FALSE(breaker.enter());
  EXPECT_EQ(breaker.health().failures, Breaker::kFaults + 1);
  EXPECT_EQ(breaker.health().detail, "status 500");
}

TEST_F(BreakerTest, WhatOurConfigurationPreventsIsShownButMakesNobodyIll) {
  for (int i = 0; i < 2 * Breaker::kFaults; ++i) breaker.enter()->prevented("address refused");
  EXPECT_EQ(breaker.health().state, ProviderHealth::State::ok);
  EXPECT_EQ(breaker.health().failures, 0);
  EXPECT_EQ(breaker.health().detail, "address refused");
  EXPECT_EQ(breaker.health().last_failure_at, clock.now());
}

}  // namespace
}  // namespace latchkey::providers
