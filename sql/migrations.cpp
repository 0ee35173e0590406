#include "sql/migrations.h"

#include <map>
#include <utility>

#include "base/crypto.h"
#include "base/log.h"
#include "base/try.h"

namespace latchkey::sql {
namespace {

// The lock's number is arbitrary; it only has to stay the same in all versions.
constexpr Statement kLock = {
    .name = "migrations.lock",
    .text = "SELECT pg_advisory_lock(5432100001)",
};
constexpr Statement kUnlock = {
    .name = "migrations.unlock",
    .text = "SELECT pg_advisory_unlock(5432100001)",
};
constexpr Statement kTableExists = {
    .name = "migrations.table_exists",
    .text = "SELECT to_regclass('schema_migrations') IS NOT NULL",
};
constexpr Statement kCreateTable = {
    .name = "migrations.create_table",
    .text =
        "CREATE TABLE schema_migrations ("
        " number integer PRIMARY KEY,"
        " name text NOT NULL,"
        " sha256 bytea NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())",
};
constexpr Statement kRecorded = {
    .name = "migrations.recorded",
    .text = "SELECT number, name, sha256 FROM schema_migrations ORDER BY number",
};
constexpr Statement kRecord = {
    .name = "migrations.record",
    .text = "INSERT INTO schema_migrations (number, name, sha256) VALUES ($1::bigint, $2, $3)",
};

tl::unexpected<Failure> refuse(std::string detail) {
  return tl::unexpected<Failure>({.kind = FailureKind::other, .detail = std::move(detail)});
}

// One instance migrates, the others wait and then find nothing missing.
class Lock {
 public:
  static Outcome<Lock> take(Connection& connection) {
    return connection.execute(kLock).map([&](const Rows&) { return Lock(connection); });
  }
  Lock(Lock&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Lock& operator=(Lock&&) = delete;
  ~Lock() {
    // A lost connection has lost its lock as well.
    if (connection_ == nullptr || !connection_->usable()) return;
    if (auto unlocked = connection_->execute(kUnlock); !unlocked) {
      log::warn("store.unlock_failed", {{"detail", unlocked.error().detail}});
    }
  }

 private:
  explicit Lock(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

Outcome<bool> table_exists(Connection& connection) {
  return connection.execute(kTableExists).map([](const Rows& rows) { return rows[0].boolean(0); });
}

// What `known` holds and the database does not. Needs the table.
Outcome<std::vector<Migration>> missing(Connection& connection,
                                        const std::vector<Migration>& known) {
  LATCHKEY_TRY_ASSIGN(const Rows rows, connection.execute(kRecorded));
  std::map<std::int64_t, const Migration*> by_number;
  for (const Migration& migration : known) by_number[migration.number] = &migration;

  for (int i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    const auto found = by_number.find(row.int64(0));
    if (found == by_number.end()) {
      return refuse("the database has migration " + row.text(1) +
                    ", which this version does not know: use the newer version");
    }
    if (row.bytes(2) != sha256(found->second->text)) {
      return refuse("migration " + row.text(1) + " has changed since it was applied");
    }
    by_number.erase(found);
  }
  std::vector<Migration> result;
  result.reserve(by_number.size());
  for (const auto& [number, migration] : by_number) result.push_back(*migration);
  return result;
}

Outcome<void> apply(Connection& connection, const Migration& migration) {
  LATCHKEY_TRY_ASSIGN(Transaction transaction, Transaction::begin(connection));
  if (auto applied = connection.execute_script(migration.text); !applied) {
    Failure failure = applied.error();
    failure.detail = "migration " + migration.name + ": " + failure.detail;
    return tl::unexpected(std::move(failure));
  }
  LATCHKEY_TRY(connection.execute(
      kRecord,
      Parameters().int64(migration.number).text(migration.name).bytes(sha256(migration.text))));
  return transaction.commit();
}

}  // namespace

Outcome<std::vector<std::string>> migrate(Connection& connection,
                                          const std::vector<Migration>& known) {
  LATCHKEY_TRY_ASSIGN(const Lock lock, Lock::take(connection));
  LATCHKEY_TRY_ASSIGN(const bool exists, table_exists(connection));
  if (!exists) LATCHKEY_TRY(connection.execute(kCreateTable));
  LATCHKEY_TRY_ASSIGN(const std::vector<Migration> todo, missing(connection, known));
  std::vector<std::string> names;
  for (const Migration& migration : todo) {
    LATCHKEY_TRY(apply(connection, migration));
    log::info("store.migrated", {{"migration", migration.name}});
    names.push_back(migration.name);
  }
  return names;
}

Outcome<int> pending_migrations(Connection& connection, const std::vector<Migration>& known) {
  LATCHKEY_TRY_ASSIGN(const bool exists, table_exists(connection));
  if (!exists) return static_cast<int>(known.size());
  LATCHKEY_TRY_ASSIGN(const std::vector<Migration> todo, missing(connection, known));
  return static_cast<int>(todo.size());
}

}  // namespace latchkey::sql
