// The schema, as numbered files sql/migrations/NNNN_name.sql embedded in the binary. Each runs
// once, in one transaction, under an advisory lock, so that several instances may start at once.
#pragma once

#include <string>
#include <vector>

#include "sql/connection.h"

namespace latchkey::sql {

struct Migration {
  int number;
  std::string name;  // "0001_users"
  std::string text;
};

// Embedded, in order; numbers count from 1 without gaps.
const std::vector<Migration>& migrations();

// For the connection that migrates: an index on a large table takes longer than a request may, and
// so does waiting for the instance that makes it.
inline constexpr Connection::Timeouts kMigrationTimeouts = {
    .connect = std::chrono::seconds(10),
    .statement = std::chrono::minutes(30),
};

// Applies what is missing; answers the names applied. A recorded migration whose text has changed
// since, or one this binary does not know (an older binary on a newer schema), is a failure.
Outcome<std::vector<std::string>> migrate(Connection& connection,
                                          const std::vector<Migration>& known = migrations());
// How many are missing, without changing anything. Fails as migrate() does.
Outcome<int> pending_migrations(Connection& connection,
                                const std::vector<Migration>& known = migrations());

}  // namespace latchkey::sql
