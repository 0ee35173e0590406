#include "sql/value.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "sql/connection.h"
#include "tests/sql/times.h"
#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using test::must;

class ValueTest : public testing::Test {
 protected:
  // `text` stands alone in its test, so one name serves all.
  Rows run(const char* text, const Parameters& parameters = {}) {
    return must(connection_->execute({.name = text, .text = text}, parameters));
  }

  test::TestDatabase database_{test::TestDatabase::Schema::empty};
  std::unique_ptr<Connection> connection_ = database_.connect();
};

TEST_F(ValueTest, EveryTypeComesBackAsItWent) {
  const std::string binary("\0\xff\x80'\\\n", 6);
  const Rows rows = run("SELECT $1, $2, $3, $4, $5, NOT $4", Parameters()
                                                                 .text("Zo\xc3\xab 'x' \\ %s")
                                                                 .bytes(binary)
                                                                 .int64(-42)
                                                                 .boolean(true)
                                                                 .timestamp(kNow));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].text(0), "Zo\xc3\xab 'x' \\ %s");
  EXPECT_EQ(rows[0].bytes(1), binary);
  EXPECT_EQ(rows[0].int64(2), -42);
  EXPECT_TRUE(rows[0].boolean(3));
  EXPECT_EQ(rows[0].timestamp(4), kNow);
  EXPECT_FALSE(rows[0].boolean(5));
}

TEST_F(ValueTest, IntegersKeepAllTheirBits) {
  for (const std::int64_t value :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
        std::int64_t{0x0102030405060708}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(run("SELECT $1", Parameters().int64(value))[0].int64(0), value);
  }
  EXPECT_EQ(run("SELECT -7::integer")[0].int64(0), -7);
}

TEST_F(ValueTest, TheServerReadsTimestampsAsWeMeanThem) {
  EXPECT_EQ(run("SELECT to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
                Parameters().timestamp(kNow))[0]
                .text(0),
            "2026-11-21 08:00:00.123456");
  const TimePoint before_epoch{std::chrono::microseconds(-1)};
  EXPECT_EQ(run("SELECT $1", Parameters().timestamp(before_epoch))[0].timestamp(0), before_epoch);
}

TEST_F(ValueTest, EndsOfTimeAreInfinities) {
  const Rows rows = run("SELECT $1 = '-infinity', $2 = 'infinity', $1, $2",
                        Parameters().timestamp(TimePoint::min()).timestamp(TimePoint::max()));
  EXPECT_TRUE(rows[0].boolean(0));
  EXPECT_TRUE(rows[0].boolean(1));
  EXPECT_EQ(rows[0].timestamp(2), TimePoint::min());
  EXPECT_EQ(rows[0].timestamp(3), TimePoint::max());
}

TEST_F(ValueTest, NullsAreAbsentAndEmptyIsNot) {
  const Rows rows = run("SELECT $1::text, $2, $3, $4, $5", Parameters()
                                                               .null()
                                                               .optional_text(std::nullopt)
                                                               .optional_timestamp(std::nullopt)
                                                               .optional_int64(std::nullopt)
                                                               .optional_text(""));
  for (int column = 0; column < 4; ++column) EXPECT_TRUE(rows[0].is_null(column));
  EXPECT_EQ(rows[0].optional_text(1), std::nullopt);
  EXPECT_EQ(rows[0].optional_timestamp(2), std::nullopt);
  EXPECT_EQ(rows[0].optional_int64(3), std::nullopt);
  EXPECT_EQ(rows[0].optional_text(4), "");
}

TEST_F(ValueTest, OptionalsWithAValueAreThatValue) {
  const Rows rows = run("SELECT $1, $2, $3",
                        Parameters().optional_text("x").optional_timestamp(kNow).optional_int64(5));
  EXPECT_EQ(rows[0].optional_text(0), "x");
  EXPECT_EQ(rows[0].optional_timestamp(1), kNow);
  EXPECT_EQ(rows[0].optional_int64(2), 5);
}

TEST_F(ValueTest, ArraysKeepOrderAndBytes) {
  const Rows rows = run("SELECT b, i, t FROM unnest($1, $2, $3) AS x (b, i, t)",
                        Parameters()
                            .bytes_array({std::string("\0{},\"", 5), ""})
                            .int64_array({7, -8})
                            .timestamp_array({kNow, kNow + Duration(1)}));
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].bytes(0), std::string("\0{},\"", 5));
  EXPECT_EQ(rows[1].bytes(0), "");
  EXPECT_EQ(rows[0].int64(1), 7);
  EXPECT_EQ(rows[1].int64(1), -8);
  EXPECT_EQ(rows[1].timestamp(2), kNow + Duration(1));
}

TEST_F(ValueTest, EmptyArraysMatchNothing) {
  EXPECT_FALSE(run("SELECT 'x'::bytea = ANY ($1)", Parameters().bytes_array({}))[0].boolean(0));
  EXPECT_TRUE(run("SELECT id FROM unnest($1) AS x (id)", Parameters().int64_array({})).empty());
}

TEST_F(ValueTest, AReaderThatDoesNotMatchItsStatementIsABug) {
  const Rows rows = run("SELECT 1::bigint, 'x', NULL::text, 1::smallint");
  EXPECT_THROW((void)rows[0].text(0), std::logic_error);
  EXPECT_THROW((void)rows[0].int64(1), std::logic_error);
  EXPECT_THROW((void)rows[0].text(2), std::logic_error);
  EXPECT_THROW((void)rows[0].int64(3), std::logic_error);
  EXPECT_THROW((void)rows[0].is_null(4), std::logic_error);
}

TEST_F(ValueTest, AffectedCountsRowsOfWritesOnly) {
  EXPECT_EQ(run("CREATE TABLE t (i bigint)").affected(), 0);
  EXPECT_EQ(run("INSERT INTO t VALUES (1), (2), (3)").affected(), 3);
  EXPECT_EQ(run("UPDATE t SET i = 0 WHERE i > 1").affected(), 2);
  EXPECT_EQ(run("DELETE FROM t WHERE i = 9").affected(), 0);
}

}  // namespace
}  // namespace latchkey::sql
