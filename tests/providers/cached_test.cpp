#include "providers/cached.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/parallel.h"

namespace latchkey::providers {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class CachedTest : public testing::Test {
 protected:
  // Counts itself and answers its count, or fails while `down`.
  Result<int> fetch() {
    ++fetches;
    if (down) return fail(ErrorCode::provider_unavailable, "down");
    return fetches.load();
  }
  Result<Cached<int>::Value> get() {
    return cache.get([this] { return fetch(); });
  }
  Result<Cached<int>::Value> renew(const Cached<int>::Value& seen) {
    return cache.renew(seen, [this] { return fetch(); });
  }

  test::FakeClock clock;
  Cached<int> cache{clock};
  std::atomic<int> fetches{0};
  std::atomic<bool> down{false};
};

TEST_F(CachedTest, KeptForAnHour) {
  EXPECT_EQ(**get(), 1);
  clock.advance(minutes(60) - seconds(1));
  EXPECT_EQ(**get(), 1);
  clock.advance(seconds(1));
  EXPECT_EQ(**get(), 2);
}

TEST_F(CachedTest, NothingToServeIsAnError) {
  down = true;
  EXPECT_EQ(get().error().code, ErrorCode::provider_unavailable);
  down = false;
  EXPECT_EQ(**get(), 2);
}

TEST_F(CachedTest, StaleServedWhileTheProviderIsDown) {
  ASSERT_TRUE(get());
  clock.advance(minutes(61));
  down = true;
  EXPECT_EQ(**get(), 1);
  EXPECT_EQ(fetches, 2);
}

TEST_F(CachedTest, RenewalAtOnceAfterTheFirstFetchThenOnceAMinute) {
  const auto first = *get();
  const auto second = *renew(first);
  EXPECT_EQ(*second, 2);
  EXPECT_EQ(*renew(second), second);
  clock.advance(seconds(59));
  EXPECT_EQ(*renew(second), second);
  EXPECT_EQ(fetches, 2);
  clock.advance(seconds(1));
  EXPECT_EQ(**renew(second), 3);
}

TEST_F(CachedTest, RenewalGivesWhatIsNewerThanSeenWithoutFetching) {
  const auto first = *get();
  const auto second = *renew(first);
  EXPECT_EQ(*renew(first), second);
  EXPECT_EQ(fetches, 2);
}

TEST_F(CachedTest, AFailedRenewalKeepsTheOldAndCoolsDownToo) {
  const auto first = *get();
  down = true;
  EXPECT_EQ(*renew(first), first);
  EXPECT_EQ(*renew(first), first);
  EXPECT_EQ(fetches, 2);
}

TEST_F(CachedTest, TwentyAtOnceMakeOneFetch) {
  std::atomic<int> asked{0};
  test::in_parallel(20, [&](int) {
    ++asked;
    const auto value = cache.get([&] {
      while (asked < 20) std::this_thread::yield();
      return fetch();
    });
    EXPECT_EQ(**value, 1);
  });
  EXPECT_EQ(fetches, 1);
}

TEST_F(CachedTest, StaleServedToOthersWhileOneRenews) {
  ASSERT_TRUE(get());
  clock.advance(minutes(61));
  const auto renewed = cache.get([this]() -> Result<int> {
    EXPECT_EQ(**get(), 1);  // somebody else, meanwhile
    return fetch();
  });
  EXPECT_EQ(**renewed, 2);
}

TEST_F(CachedTest, AFetchThatThrowsDoesNotBlockTheNext) {
  const auto broken = []() -> Result<int> { throw std::runtime_error("bug"); };
  EXPECT_THROW(cache.get(broken), std::runtime_error);
  EXPECT_EQ(**get(), 1);
}

}  // namespace
}  // namespace latchkey::providers
