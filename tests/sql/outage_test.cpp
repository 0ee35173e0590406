// The database stops, crashes and freezes. One cluster serves all tests here; each leaves it
// running.
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/connection.h"
#include "sql/pool.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/private_cluster.h"

namespace latchkey::sql {
namespace {

using std::chrono::milliseconds;
using test::in_parallel;
using test::must;
using testing::HasSubstr;

constexpr Statement kOne = {.name = "one", .text = "SELECT 1::bigint"};

class OutageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { cluster_ = std::make_unique<test::PrivateCluster>(); }
  static void TearDownTestSuite() { cluster_.reset(); }

  static Pool::Options options(milliseconds timeout = milliseconds(20000)) {
    return {.url = Secret(cluster_->url()),
            .size = 4,
            .connect_timeout = timeout,
            .statement_timeout = timeout,
            .acquire_timeout = timeout};
  }
  static bool answers(Pool& pool) {
    const auto lease = pool.acquire();
    return lease && (*lease)->execute(kOne);
  }
  // The pool remembers a failed connect for a moment, so the first answer may still be a failure.
  // A pool that does not recover by itself never gets out of here.
  static void wait_for_answer(Pool& pool) {
    while (!answers(pool)) std::this_thread::yield();
  }

  static inline std::unique_ptr<test::PrivateCluster> cluster_;
};

TEST_F(OutageTest, FirstRequestAfterARestartSucceeds) {
  Pool pool(options());
  ASSERT_TRUE(answers(pool));
  cluster_->stop();
  cluster_->start();
  EXPECT_TRUE(answers(pool));
}

TEST_F(OutageTest, PoolComesBackWithTheDatabase) {
  Pool pool(options());
  ASSERT_TRUE(answers(pool));
  cluster_->stop();
  const auto lease = pool.acquire();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().kind, FailureKind::connection);
  cluster_->start();
  wait_for_answer(pool);
  EXPECT_TRUE(answers(pool));
}

TEST_F(OutageTest, CrashIsAConnectionFailureAndPoolComesBack) {
  Pool pool(options());
  {
    const auto lease = must(pool.acquire());
    must(lease->execute(kOne));
    cluster_->crash();
    const auto outcome = lease->execute(kOne);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, FailureKind::connection);
  }
  EXPECT_FALSE(answers(pool));
  cluster_->start();  // over its stale postmaster.pid
  wait_for_answer(pool);
}

TEST_F(OutageTest, FrozenServerCostsTheDeadlineAndNoMore) {
  Pool pool(options(milliseconds(1000)));
  {
    const auto lease = must(pool.acquire());
    must(lease->execute(kOne));
    cluster_->suspend();
    const auto outcome = lease->execute(kOne);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, FailureKind::connection);
    EXPECT_THAT(outcome.error().detail, HasSubstr("no answer within 1000 ms"));
    EXPECT_FALSE(lease->usable());
  }
  const auto lease = pool.acquire();
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().kind, FailureKind::connection);
  EXPECT_THAT(lease.error().detail, HasSubstr("no connection within 1000 ms"));
  cluster_->resume();
  wait_for_answer(pool);
}

TEST_F(OutageTest, FreezeInsideATransactionDoesNotHangItsRollback) {
  Pool pool(options(milliseconds(1000)));
  {
    const auto lease = must(pool.acquire());
    const auto transaction = must(Transaction::begin(*lease));
    cluster_->suspend();
    EXPECT_FALSE(lease->execute(kOne));
  }
  cluster_->resume();
  wait_for_answer(pool);
  EXPECT_FALSE(must(pool.acquire())->in_transaction());
}

TEST_F(OutageTest, HostThatHangsLeavesTimeForTheNext) {
  test::PrivateCluster other;
  cluster_->suspend();
  const auto host_of = [](const std::string& url) {
    const std::size_t start = url.find("host=") + 5;
    return url.substr(start, url.find('&', start) - start);
  };
  const std::string url = "postgresql:///latchkey?user=latchkey&host=" + host_of(cluster_->url()) +
                          "," + host_of(other.url());
  const auto connection = Connection::open(
      Secret(url), {.connect = milliseconds(2000), .statement = milliseconds(20000)});
  cluster_->resume();
  ASSERT_TRUE(connection) << connection.error().detail;
  EXPECT_TRUE((*connection)->execute(kOne));
}

TEST_F(OutageTest, WaitersLearnAtOnceThatTheDatabaseIsGone) {
  Pool::Options one = options();
  one.size = 1;
  one.acquire_timeout = std::chrono::hours(1);  // whoever waits for it, hangs the test
  Pool pool(one);
  auto lease = std::make_unique<Pool::Lease>(must(pool.acquire()));
  std::atomic<int> failed = 0;
  in_parallel(11, [&](int i) {
    if (i == 0) {
      cluster_->stop();
      lease.reset();  // destroyed: a waiter finds the database gone, and tells the others
    } else if (!pool.acquire()) {
      ++failed;
    }
  });
  EXPECT_EQ(failed, 10);
  cluster_->start();
}

}  // namespace
}  // namespace latchkey::sql
