// A connection to a database of its own, for the tests of connections and transactions.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/connection.h"
#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {

inline constexpr Statement kOne = {.name = "one", .text = "SELECT 1::bigint"};
inline constexpr Statement kPid = {.name = "pid", .text = "SELECT pg_backend_pid()"};
inline constexpr Statement kTerminate = {
    .name = "terminate",
    // With a time-out it answers only when the process is gone.
    .text = "SELECT pg_terminate_backend($1::bigint::integer, 10000)",
};

class ConnectionTest : public testing::Test {
 protected:
  void run(const std::string& sql) { test::must(connection_->execute_script(sql)); }
  Failure failure_of(const char* text, const Parameters& parameters = {}) {
    auto outcome = connection_->execute({.name = text, .text = text}, parameters);
    if (outcome) throw std::runtime_error(std::string("succeeded: ") + text);
    return outcome.error();
  }
  void terminate(Connection& connection) {
    const std::int64_t pid = test::must(connection.execute(kPid))[0].int64(0);
    const auto killer = database_.connect();
    ASSERT_TRUE(test::must(killer->execute(kTerminate, Parameters().int64(pid)))[0].boolean(0));
  }

  test::TestDatabase database_{test::TestDatabase::Schema::empty};
  std::unique_ptr<Connection> connection_ = database_.connect();
};

}  // namespace latchkey::sql
