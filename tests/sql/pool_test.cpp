#include "sql/pool.h"

#include <atomic>
#include <chrono>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using std::chrono::milliseconds;
using test::in_parallel;
using test::must;
using testing::HasSubstr;

constexpr Statement kPid = {.name = "pid", .text = "SELECT pg_backend_pid()"};
constexpr Statement kConnections = {
    .name = "connections",
    .text =
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
};
constexpr Statement kTerminateOthers = {
    .name = "terminate_others",
    .text =
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
};

std::int64_t pid_of(const Pool::Lease& lease) { return must(lease->execute(kPid))[0].int64(0); }

class PoolTest : public testing::Test {
 protected:
  Pool::Options options(int size) {
    Pool::Options options = database_.pool_options();
    options.size = size;
    options.connect_timeout = milliseconds(20000);
    options.statement_timeout = milliseconds(60000);
    options.acquire_timeout = milliseconds(20000);
    return options;
  }
  std::int64_t connections() { return must(observer_->execute(kConnections))[0].int64(0); }

  test::TestDatabase database_{test::TestDatabase::Schema::empty};
  std::unique_ptr<Connection> observer_ = database_.connect();
};

TEST_F(PoolTest, OpensNothingUntilAskedAndReusesTheLatest) {
  Pool pool(options(4));
  EXPECT_EQ(connections(), 0);
  const std::int64_t first = pid_of(must(pool.acquire()));
  EXPECT_EQ(pid_of(must(pool.acquire())), first);
  EXPECT_EQ(connections(), 1);
}

TEST_F(PoolTest, IsBoundedAndSaysSo) {
  Pool::Options small = options(2);
  small.acquire_timeout = milliseconds(20);
  Pool pool(small);
  const auto a = must(pool.acquire());
  const auto b = must(pool.acquire());
  const auto c = pool.acquire();
  ASSERT_FALSE(c);
  EXPECT_EQ(c.error().kind, FailureKind::connection);
  EXPECT_THAT(c.error().detail, HasSubstr("all 2 connections are in use"));
}

TEST_F(PoolTest, OpenTransactionIsRolledBackOnReturn) {
  must(observer_->execute_script("CREATE TABLE t (i bigint)"));
  Pool pool(options(1));
  {
    const auto lease = must(pool.acquire());
    must(lease->execute_script("BEGIN; INSERT INTO t VALUES (1)"));
  }
  const auto lease = must(pool.acquire());
  EXPECT_FALSE(lease->in_transaction());
  EXPECT_TRUE(must(lease->execute({.name = "all", .text = "SELECT i FROM t"})).empty());
}

TEST_F(PoolTest, ConnectionsTheServerClosedAreReplacedBeforeTheyAreLent) {
  Pool pool(options(3));
  {
    const auto a = must(pool.acquire());
    const auto b = must(pool.acquire());
    const auto c = must(pool.acquire());
  }
  EXPECT_EQ(must(observer_->execute(kTerminateOthers))[0].int64(0), 3);
  for (int i = 0; i < 3; ++i) EXPECT_GT(pid_of(must(pool.acquire())), 0);
  EXPECT_EQ(connections(), 1);
}

TEST_F(PoolTest, ConnectionBrokenWhileLentIsNotLentAgain) {
  Pool pool(options(1));
  std::int64_t broken = 0;
  {
    const auto lease = must(pool.acquire());
    broken = pid_of(lease);
    must(observer_->execute(kTerminateOthers));
    EXPECT_FALSE(lease->execute(kPid));
  }
  EXPECT_NE(pid_of(must(pool.acquire())), broken);
}

TEST_F(PoolTest, ManyThreadsShareFewConnections) {
  Pool pool(options(3));
  std::atomic<int> succeeded = 0;
  in_parallel(20, [&](int) {
    for (int round = 0; round < 10; ++round) {
      const auto lease = pool.acquire();
      if (lease && (*lease)->execute(kPid)) ++succeeded;
    }
  });
  EXPECT_EQ(succeeded, 200);
  EXPECT_LE(connections(), 3);
}

TEST_F(PoolTest, DatabaseThatRefusesFailsEverybodyWithItsReason) {
  Pool::Options refused = options(1);
  refused.url = Secret("postgresql:///x?host=/nonexistent");
  Pool pool(refused);
  std::atomic<int> failed = 0;
  in_parallel(8, [&](int) {
    const auto lease = pool.acquire();
    if (!lease && lease.error().detail.find("/nonexistent") != std::string::npos) ++failed;
  });
  EXPECT_EQ(failed, 8);
}

}  // namespace
}  // namespace latchkey::sql
