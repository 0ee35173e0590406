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
      permit->failed();
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
  breaker.enter()->failed();
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
  early->failed();
  probe->succeeded();
  EXPECT_TRUE(breaker.enter());
}

TEST_F(BreakerTest, AMovedPermitReportsOnce) {
  fault(4);
  auto permit = breaker.enter();
  ASSERT_TRUE(permit);
  Breaker::Permit moved = std::move(*permit);
  permit.reset();
  moved.failed();
  EXPECT_FALSE(breaker.enter());
}

}  // namespace
}  // namespace latchkey::providers
