// How long the audit log is kept, by the maintenance that lets go of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/maintenance.h"
#include "sql/audit_log.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::broker {
namespace {

using std::chrono::days;
using test::must;
using testing::ElementsAre;
using testing::IsEmpty;

class NobodysSessions final : public sessions::SessionLookup {
 public:
  void find(std::string, Callback done) override { done(sessions::SessionPtr()); }
};

class RetentionTest : public testing::Test {
 protected:
  void log(const std::string& action) {
    must(sql::audit_events::insert(*connection_, {.at = clock_.now(), .action = action}));
  }
  void sweep() {
    Maintenance maintenance(pool_, sessions_, audit_, clock_);
    maintenance.sweep();
  }
  // The actions in the log, newest first.
  std::vector<std::string> left() {
    std::vector<std::string> actions;
    for (const auto& entry : must(sql::audit_log::list(*connection_, {}, {}, 10))) {
      actions.push_back(entry.event.action);
    }
    return actions;
  }

  test::TestDatabase database_;
  std::unique_ptr<sql::Connection> connection_ = database_.connect();
  sql::Pool pool_{database_.pool_options()};
  test::FakeClock clock_;
  test::FakeRandom random_;
  NobodysSessions lookup_;
  const config::Session session_config_;
  sessions::SessionService sessions_{pool_, lookup_, session_config_, clock_, random_};
  config::Audit audit_{.retention_days = 30};
};

TEST_F(RetentionTest, WhatIsOlderThanTheSettingGoesAsTimePasses) {
  log("first");
  clock_.advance(days(20));
  log("second");
  clock_.advance(days(10));
  sweep();
  EXPECT_THAT(left(), ElementsAre("second", "first")) << "kept for all of thirty days";
  clock_.advance(std::chrono::seconds(1));
  sweep();
  EXPECT_THAT(left(), ElementsAre("second"));
  clock_.advance(days(20));
  sweep();
  EXPECT_THAT(left(), IsEmpty());
}

TEST_F(RetentionTest, ZeroKeepsEverything) {
  audit_.retention_days = 0;
  log("first");
  clock_.advance(days(20 * 365));
  sweep();
  EXPECT_THAT(left(), ElementsAre("first"));
}

TEST_F(RetentionTest, MoreThanABatchGoesInOneTurn) {
  constexpr sql::Statement kMany = {
      .name = "test.many",
      .text =
          "INSERT INTO audit_events (at, action) SELECT $1, 'old' FROM generate_series(1, 2500)"};
  must(connection_->execute(kMany, sql::Parameters().timestamp(clock_.now())));
  clock_.advance(days(31));
  log("young");
  sweep();
  EXPECT_THAT(left(), ElementsAre("young"));
}

}  // namespace
}  // namespace latchkey::broker
