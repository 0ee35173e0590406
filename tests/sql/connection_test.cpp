#include "sql/connection.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using std::chrono::milliseconds;
using test::must;
using testing::HasSubstr;
using testing::Not;

constexpr Statement kOne = {.name = "one", .text = "SELECT 1::bigint"};
constexpr Statement kPid = {.name = "pid", .text = "SELECT pg_backend_pid()"};
constexpr Statement kTerminate = {
    .name = "terminate",
    // With a time-out it answers only when the process is gone.
    .text = "SELECT pg_terminate_backend($1::bigint::integer, 10000)",
};

class ConnectionTest : public testing::Test {
 protected:
  void run(const std::string& sql) { must(connection_->execute_script(sql)); }
  Failure failure_of(const char* text, const Parameters& parameters = {}) {
    auto outcome = connection_->execute({.name = text, .text = text}, parameters);
    if (outcome) throw std::runtime_error(std::string("succeeded: ") + text);
    return outcome.error();
  }
  void terminate(Connection& connection) {
    const std::int64_t pid = must(connection.execute(kPid))[0].int64(0);
    const auto killer = database_.connect();
    ASSERT_TRUE(must(killer->execute(kTerminate, Parameters().int64(pid)))[0].boolean(0));
  }

  test::TestDatabase database_{test::TestDatabase::Schema::empty};
  std::unique_ptr<Connection> connection_ = database_.connect();
};

TEST_F(ConnectionTest, SessionIsSetUpForLatchkey) {
  const auto setting = [&](const char* name) {
    return must(connection_->execute({.name = "setting", .text = "SELECT current_setting($1)"},
                                     Parameters().text(name)))[0]
        .text(0);
  };
  EXPECT_EQ(setting("application_name"), "latchkey");
  EXPECT_EQ(setting("client_encoding"), "UTF8");
  EXPECT_EQ(setting("TimeZone"), "UTC");
  EXPECT_EQ(setting("jit"), "off");
  EXPECT_EQ(setting("max_parallel_workers_per_gather"), "0");
  EXPECT_EQ(setting("idle_in_transaction_session_timeout"), "30s");
  EXPECT_EQ(setting("statement_timeout"), "60500ms");  // TestDatabase's 60 s and a little
}

TEST_F(ConnectionTest, OptionsOfTheUrlAreKeptAndWin) {
  const auto connection =
      test::connect_to(database_.url() + "&options=-c%20search_path%3Delsewhere");
  const Rows rows = must(connection->execute(
      {.name = "s", .text = "SELECT current_setting('search_path'), current_setting('TimeZone')"}));
  EXPECT_EQ(rows[0].text(0), "elsewhere");
  EXPECT_EQ(rows[0].text(1), "UTC");
}

TEST_F(ConnectionTest, AHostThatIsDownIsPassedOver) {
  const std::string& url = database_.url();
  const std::size_t host = url.find("host=") + 5;
  const auto connection = test::connect_to(url.substr(0, host) + "/nonexistent," +
                                           url.substr(host) + "&target_session_attrs=read-write");
  EXPECT_EQ(must(connection->execute(kOne))[0].int64(0), 1);
}

TEST_F(ConnectionTest, RefusedConnectionIsAConnectionFailure) {
  const auto outcome = Connection::open(Secret("postgresql://u:hunter2@/x?host=/nonexistent"), {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, FailureKind::connection);
  EXPECT_THAT(outcome.error().detail, HasSubstr("/nonexistent"));
  EXPECT_THAT(outcome.error().detail, Not(HasSubstr("hunter2")));
  EXPECT_EQ(to_error(outcome.error()).code, ErrorCode::store_unavailable);
}

TEST_F(ConnectionTest, PasswordOfAnUnreadableUrlIsNotLogged) {
  const auto outcome = Connection::open(Secret("postgresql://u:hunter2@[::1:5432/x"), {});
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().detail, Not(HasSubstr("hunter2")));
}

TEST_F(ConnectionTest, FailuresAreToldApartBySqlstate) {
  run("CREATE TABLE t (i bigint CONSTRAINT t_i_key UNIQUE CHECK (i > 0))");
  EXPECT_EQ(failure_of("INSERT INTO t VALUES (1), (1)").kind, FailureKind::unique_violation);
  EXPECT_EQ(failure_of("INSERT INTO t VALUES (-1)").kind, FailureKind::other);
  EXPECT_EQ(failure_of("SELECT nothing").kind, FailureKind::other);

  const auto raised = [&](const std::string& sqlstate) {
    const std::string text =
        "DO $$BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '" + sqlstate + "'; END$$";
    return connection_->execute_script(text).error().kind;
  };
  EXPECT_EQ(raised("40001"), FailureKind::serialization_failure);
  EXPECT_EQ(raised("40P01"), FailureKind::serialization_failure);
  for (const char* sqlstate : {"08006", "53100", "53300", "57014", "57P01", "57P02", "57P03"}) {
    EXPECT_EQ(raised(sqlstate), FailureKind::connection) << sqlstate;
  }
  EXPECT_TRUE(connection_->usable());
}

TEST_F(ConnectionTest, OnlyABugIsAnInternalError) {
  EXPECT_EQ(to_error({.kind = FailureKind::other, .detail = "d"}).code, ErrorCode::internal_error);
  EXPECT_EQ(to_error({.kind = FailureKind::unique_violation, .detail = "d"}).code,
            ErrorCode::store_unavailable);
  EXPECT_EQ(to_error({.kind = FailureKind::connection, .detail = "d"}).detail, "d");
}

TEST_F(ConnectionTest, DetailNamesStatementAndConstraintButNoValue) {
  run("CREATE TABLE t (s text CONSTRAINT t_s_key UNIQUE)");
  run("INSERT INTO t VALUES ('hunter2')");
  const Failure unique = failure_of("INSERT INTO t VALUES ($1)", Parameters().text("hunter2"));
  EXPECT_THAT(unique.detail, HasSubstr("23505"));
  EXPECT_THAT(unique.detail, HasSubstr("INSERT INTO t"));  // its name, here
  EXPECT_THAT(unique.detail, HasSubstr("[t_s_key]"));
  EXPECT_THAT(unique.detail, Not(HasSubstr("hunter2")));

  // PostgreSQL quotes the value even in the primary message here.
  const Failure syntax = failure_of("SELECT $1::text::inet", Parameters().text("hunter2"));
  EXPECT_THAT(syntax.detail, HasSubstr("22P02"));
  EXPECT_THAT(syntax.detail, Not(HasSubstr("hunter2")));
}

TEST_F(ConnectionTest, ReadOnlyServerIsAConnectionFailureAndNotUsedAgain) {
  run("SET default_transaction_read_only = on");
  EXPECT_EQ(failure_of("CREATE TABLE t (i bigint)").kind, FailureKind::connection);
  EXPECT_FALSE(connection_->usable());
}

TEST_F(ConnectionTest, InjectionStringsAreOnlyStrings) {
  run("CREATE TABLE t (s text)");
  for (const std::string attack : {"'; DROP TABLE t; --", "\\'; DROP TABLE t; --", "$1", "%s%n",
                                   "\xe2\x80\xae", "{\"a\":1}"}) {
    must(connection_->execute({.name = "put", .text = "INSERT INTO t VALUES ($1)"},
                              Parameters().text(attack)));
    EXPECT_EQ(must(connection_->execute({.name = "get", .text = "SELECT s FROM t WHERE s = $1"},
                                        Parameters().text(attack)))[0]
                  .text(0),
              attack);
  }
}

TEST_F(ConnectionTest, BytesThatAreNoTextFailAloneWithoutEndingTheConnection) {
  EXPECT_EQ(failure_of("SELECT $1", Parameters().text(std::string("a\0b", 3))).kind,
            FailureKind::other);
  EXPECT_EQ(failure_of("SELECT $1 ", Parameters().text("\xff")).kind, FailureKind::other);
  EXPECT_EQ(must(connection_->execute(kOne))[0].int64(0), 1);
}

TEST_F(ConnectionTest, TwoStatementsOfOneNameAreABug) {
  must(connection_->execute({.name = "same", .text = "SELECT 1"}));
  EXPECT_THROW((void)connection_->execute({.name = "same", .text = "SELECT 2"}), std::logic_error);
}

TEST_F(ConnectionTest, StaleStatementIsPreparedAgain) {
  run("CREATE TABLE t (i bigint)");
  run("INSERT INTO t VALUES (1)");
  constexpr Statement all = {.name = "all", .text = "SELECT * FROM t"};
  must(connection_->execute(all));
  run("ALTER TABLE t ADD COLUMN j bigint DEFAULT 2");
  EXPECT_EQ(must(connection_->execute(all))[0].int64(1), 2);
  run("DISCARD ALL");
  EXPECT_EQ(must(connection_->execute(all))[0].int64(1), 2);
}

TEST_F(ConnectionTest, StaleStatementInsideATransactionEndsTheConnection) {
  run("CREATE TABLE t (i bigint)");
  constexpr Statement all = {.name = "all", .text = "SELECT * FROM t"};
  must(connection_->execute(all));
  run("ALTER TABLE t ADD COLUMN j bigint");
  {
    const auto transaction = must(Transaction::begin(*connection_));
    const auto outcome = connection_->execute(all);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, FailureKind::connection);
  }
  EXPECT_FALSE(connection_->usable());
}

TEST_F(ConnectionTest, StatementLargerThanTheSocketBufferGoesThrough) {
  const std::string large(8 << 20, 'x');
  EXPECT_EQ(
      must(connection_->execute({.name = "echo", .text = "SELECT $1"}, Parameters().text(large)))[0]
          .text(0),
      large);
}

TEST_F(ConnectionTest, MissedDeadlineEndsTheConnection) {
  auto connection = must(Connection::open(
      database_.secret_url(), {.connect = milliseconds(20000), .statement = milliseconds(50)}));
  const auto outcome = connection->execute({.name = "sleep", .text = "SELECT pg_sleep(60)"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, FailureKind::connection);
  EXPECT_THAT(outcome.error().detail, HasSubstr("no answer within 50 ms"));
  EXPECT_FALSE(connection->usable());
  EXPECT_FALSE(connection->execute(kOne));
}

TEST_F(ConnectionTest, ConnectionClosedByTheServerIsNoticedBeforeUse) {
  EXPECT_TRUE(connection_->usable());
  terminate(*connection_);
  EXPECT_FALSE(connection_->usable());
}

TEST_F(ConnectionTest, StatementOnAClosedConnectionIsAConnectionFailure) {
  terminate(*connection_);
  const auto outcome = connection_->execute(kOne);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, FailureKind::connection);
  EXPECT_FALSE(connection_->usable());
}

TEST_F(ConnectionTest, CopyDoesNotHangTheConnection) {
  run("CREATE TABLE t (i bigint)");
  const auto outcome = connection_->execute_script("COPY t FROM STDIN");
  ASSERT_FALSE(outcome);
  EXPECT_FALSE(connection_->usable());
}

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
