// The schema, as numbered files sql/migrations/NNNN_name.sql embedded in the binary. Each runs once,
// in one transaction, under an advisory lock, so that several instances may start at once.
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

// Embedded, in order.
const std::vector<Migration>& migrations();

// Applies what is missing; answers the names applied. A recorded migration whose text has changed
// since, or one this binary does not know (an older binary on a newer schema), is a failure.
Outcome<std::vector<std::string>> migrate(Connection& connection);
// How many are missing, without changing anything.
Outcome<int> pending_migrations(Connection& connection);

}  // namespace latchkey::sql
