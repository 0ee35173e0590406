#include "sql/migrations.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using test::in_parallel;
using test::must;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<Migration> kTwo = {
    {.number = 1, .name = "0001_first", .text = "CREATE TABLE first (i bigint);"},
    {.number = 2, .name = "0002_second", .text = "CREATE TABLE second (i bigint);"},
};

class MigrationsTest : public testing::Test {
 protected:
  bool exists(const char* table) {
    return must(connection_->execute(
        {.name = "exists", .text = "SELECT to_regclass($1) IS NOT NULL"},
        Parameters().text(table)))[0]
        .boolean(0);
  }

  test::TestDatabase database_{test::TestDatabase::Schema::empty};
  std::unique_ptr<Connection> connection_ = database_.connect();
};

TEST_F(MigrationsTest, EmbeddedOnesAreNumberedAndNamed) {
  ASSERT_FALSE(migrations().empty());
  int expected = 1;
  for (const Migration& migration : migrations()) {
    EXPECT_EQ(migration.number, expected++);
    EXPECT_EQ(std::stoi(migration.name.substr(0, 4)), migration.number);
    EXPECT_FALSE(migration.text.empty());
  }
}

TEST_F(MigrationsTest, EmptyDatabaseGetsAllOnceAndInOrder) {
  EXPECT_EQ(must(pending_migrations(*connection_)), static_cast<int>(migrations().size()));
  EXPECT_FALSE(exists("schema_migrations"));  // asking changes nothing
  const auto applied = must(migrate(*connection_));
  ASSERT_EQ(applied.size(), migrations().size());
  EXPECT_EQ(applied.front(), "0001_users");
  EXPECT_EQ(must(pending_migrations(*connection_)), 0);
  EXPECT_THAT(must(migrate(*connection_)), IsEmpty());
}

TEST_F(MigrationsTest, NewOnesAreAddedToOldOnes) {
  must(migrate(*connection_, {kTwo[0]}));
  EXPECT_EQ(must(pending_migrations(*connection_, kTwo)), 1);
  EXPECT_THAT(must(migrate(*connection_, kTwo)), testing::ElementsAre("0002_second"));
  EXPECT_TRUE(exists("second"));
}

TEST_F(MigrationsTest, InstancesThatStartTogetherMigrateOnce) {
  std::atomic<int> applied = 0;
  in_parallel(8, [&](int) {
    const auto connection = database_.connect();
    applied += static_cast<int>(must(migrate(*connection)).size());
  });
  EXPECT_EQ(applied, static_cast<int>(migrations().size()));
}

TEST_F(MigrationsTest, ChangedMigrationIsRefused) {
  must(migrate(*connection_, kTwo));
  auto changed = kTwo;
  changed[0].text += " -- harmless";
  for (const auto& failure : {migrate(*connection_, changed).error(),
                              pending_migrations(*connection_, changed).error()}) {
    EXPECT_EQ(failure.kind, FailureKind::other);
    EXPECT_THAT(failure.detail, HasSubstr("0001_first has changed"));
  }
}

TEST_F(MigrationsTest, NewerSchemaIsRefusedByAnOlderBinary) {
  must(migrate(*connection_, kTwo));
  const auto outcome = migrate(*connection_, {kTwo[0]});
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().detail, HasSubstr("0002_second"));
  EXPECT_FALSE(pending_migrations(*connection_, {kTwo[0]}));
}

TEST_F(MigrationsTest, FailedMigrationLeavesNothingAndCanBeRepeated) {
  auto broken = kTwo;
  broken[1].text = "CREATE TABLE half (i bigint); CREATE TABLE half (i bigint);";
  const auto outcome = migrate(*connection_, broken);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().detail, HasSubstr("migration 0002_second"));
  EXPECT_TRUE(exists("first"));
  EXPECT_FALSE(exists("half"));
  EXPECT_FALSE(connection_->in_transaction());
  // From another connection, so the lock has been given back.
  EXPECT_THAT(must(migrate(*database_.connect(), kTwo)), testing::ElementsAre("0002_second"));
}

}  // namespace
}  // namespace latchkey::sql
