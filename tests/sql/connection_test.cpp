#include "tests/sql/connection_test.h"

#include <chrono>

namespace latchkey::sql {
namespace {

using std::chrono::milliseconds;
using test::must;
using testing::HasSubstr;
using testing::Not;

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

}  // namespace
}  // namespace latchkey::sql
