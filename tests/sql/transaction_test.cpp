// Transactions, and the statements that travel with their next one.
#include "tests/sql/connection_test.h"

namespace latchkey::sql {
namespace {

using test::must;
using testing::HasSubstr;

class TransactionTest : public ConnectionTest {
 protected:
  void SetUp() override { run("CREATE TABLE t (i bigint UNIQUE)"); }
  std::int64_t count() {
    return must(
               database_.connect()->execute({.name = "count", .text = "SELECT count(*) FROM t"}))[0]
        .int64(0);
  }
};

TEST_F(TransactionTest, CommitKeeps) {
  {
    auto transaction = must(Transaction::begin(*connection_));
    EXPECT_TRUE(connection_->in_transaction());
    must(transaction.connection().execute_script("INSERT INTO t VALUES (1)"));
    EXPECT_EQ(count(), 0);
    must(transaction.commit());
  }
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, LeavingWithoutCommitRollsBack) {
  {
    const auto transaction = must(Transaction::begin(*connection_));
    run("INSERT INTO t VALUES (1)");
  }
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(count(), 0);
}

TEST_F(TransactionTest, CommitAfterAFailedStatementIsAFailure) {
  {
    auto transaction = must(Transaction::begin(*connection_));
    run("INSERT INTO t VALUES (1)");
    EXPECT_FALSE(connection_->execute_script("INSERT INTO t VALUES (1)"));
    EXPECT_FALSE(transaction.commit());
  }
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(count(), 0);
}

TEST_F(TransactionTest, MovedTransactionEndsOnce) {
  {
    auto first = must(Transaction::begin(*connection_));
    auto second = std::move(first);
    run("INSERT INTO t VALUES (1)");
    must(second.commit());
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, NestingAndCommittingTwiceAreBugs) {
  auto transaction = must(Transaction::begin(*connection_));
  EXPECT_THROW((void)Transaction::begin(*connection_), std::logic_error);
  must(transaction.commit());
  EXPECT_THROW((void)transaction.commit(), std::logic_error);
}

class LaterTest : public TransactionTest {
 protected:
  static constexpr Statement kPut = {.name = "put", .text = "INSERT INTO t VALUES ($1)"};
  static constexpr Statement kSum = {.name = "sum", .text = "SELECT sum(i)::bigint FROM t"};

  void put_later(std::int64_t i) { must(connection_->execute_later(kPut, Parameters().int64(i))); }
};

TEST_F(LaterTest, HeldBackStatementsRunInOrderBeforeTheNext) {
  auto transaction = must(Transaction::begin(*connection_));
  put_later(1);
  put_later(2);
  EXPECT_EQ(must(connection_->execute(kSum))[0].int64(0), 3);
  EXPECT_EQ(count(), 0);
  put_later(3);
  must(transaction.commit());
  EXPECT_EQ(count(), 3);
}

TEST_F(LaterTest, OutsideATransactionItRunsAtOnce) {
  put_later(1);
  EXPECT_EQ(count(), 1);
  const auto again = connection_->execute_later(kPut, Parameters().int64(1));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, FailureKind::unique_violation);
}

TEST_F(LaterTest, AConflictSurfacesAtTheCommitAndNothingStays) {
  run("INSERT INTO t VALUES (2)");
  {
    auto transaction = must(Transaction::begin(*connection_));
    put_later(1);
    put_later(2);
    put_later(3);
    const auto committed = transaction.commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().kind, FailureKind::unique_violation);
    EXPECT_THAT(committed.error().detail, HasSubstr("in put"));
    EXPECT_THAT(committed.error().detail, HasSubstr("[t_i_key]"));
    EXPECT_FALSE(transaction.commit());
  }
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(count(), 1);
  // The connection goes on, with the statements it knows.
  auto transaction = must(Transaction::begin(*connection_));
  put_later(4);
  must(transaction.commit());
  EXPECT_EQ(count(), 2);
}

TEST_F(LaterTest, AConflictSurfacesAtTheNextStatement) {
  run("INSERT INTO t VALUES (2)");
  {
    const auto transaction = must(Transaction::begin(*connection_));
    put_later(2);
    const auto sum = connection_->execute(kSum);
    ASSERT_FALSE(sum);
    EXPECT_EQ(sum.error().kind, FailureKind::unique_violation);
  }
  EXPECT_EQ(must(connection_->execute(kSum))[0].int64(0), 2);
}

TEST_F(LaterTest, AScriptFollowsWhatIsHeldBack) {
  auto transaction = must(Transaction::begin(*connection_));
  put_later(1);
  run("UPDATE t SET i = 10");
  must(transaction.commit());
  EXPECT_EQ(must(connection_->execute(kSum))[0].int64(0), 10);
}

TEST_F(LaterTest, LeavingWithoutCommitDropsWhatIsHeldBack) {
  {
    const auto transaction = must(Transaction::begin(*connection_));
    put_later(1);
  }
  EXPECT_FALSE(connection_->in_transaction());
  put_later(2);
  EXPECT_EQ(must(connection_->execute(kSum))[0].int64(0), 2);
}

TEST_F(LaterTest, ALostConnectionCommitsNothing) {
  {
    auto transaction = must(Transaction::begin(*connection_));
    must(connection_->execute(kOne));
    put_later(1);
    terminate(*connection_);
    const auto committed = transaction.commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().kind, FailureKind::connection);
  }
  EXPECT_FALSE(connection_->usable());
  EXPECT_EQ(count(), 0);
}

TEST_F(LaterTest, AServerThatEndsInTheMiddleOfATripIsAConnectionFailure) {
  {
    auto transaction = must(Transaction::begin(*connection_));
    put_later(1);
    must(connection_->execute_later(
        {.name = "end", .text = "SELECT pg_terminate_backend(pg_backend_pid())"}));
    put_later(2);
    const auto committed = transaction.commit();
    ASSERT_FALSE(committed);
    EXPECT_EQ(committed.error().kind, FailureKind::connection);
  }
  EXPECT_FALSE(connection_->usable());
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace latchkey::sql
