#include "broker/commands/schema.h"

#include "base/try.h"
#include "sql/migrations.h"

namespace latchkey::broker::commands {

Done use_schema(sql::Connection& connection) {
  LATCHKEY_TRY_ASSIGN(const int missing, sql::pending_migrations(connection));
  if (missing == 0) return {};
  if (missing < static_cast<int>(sql::migrations().size())) {
    return complain(
        kDatabaseFailed,
        "The database has the schema of an older version; run `latchkey migrate` first.");
  }
  LATCHKEY_TRY(sql::migrate(connection));
  return {};
}

}  // namespace latchkey::broker::commands
