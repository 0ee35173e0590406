// The schema that a command finds in the database.
#pragma once

#include "broker/commands/complaint.h"
#include "sql/connection.h"

namespace latchkey::broker::commands {

// For a command that only works on the database: one that is empty gets its schema, so that the
// first administrator can be made before the service starts. One of an older version is refused,
// because instances of that version may be running on it.
Done use_schema(sql::Connection& connection);

}  // namespace latchkey::broker::commands
