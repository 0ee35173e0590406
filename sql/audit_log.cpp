#include "sql/audit_log.h"

#include "base/try.h"

namespace latchkey::sql {
namespace {

#define LATCHKEY_ENTRY_COLUMNS                                                            \
  "id, at, action, user_id, actor_id, provider, subject, reason, coalesce(host(ip), '')," \
  " request_id, coalesce(details::text, ''), actor"
// since, until, behind (at, id); bounds that are absent are infinite.
#define LATCHKEY_BETWEEN                                               \
  " at >= coalesce($1, '-infinity') AND at < coalesce($2, 'infinity')" \
  " AND (at, id) < (coalesce($3, 'infinity'), $4::bigint)"
#define LATCHKEY_NEWEST_FIRST " ORDER BY at DESC, id DESC LIMIT $5"

constexpr Statement kList = {
    .name = "audit_log.list",
    .text = "SELECT " LATCHKEY_ENTRY_COLUMNS
            " FROM audit_events WHERE" LATCHKEY_BETWEEN LATCHKEY_NEWEST_FIRST,
};
constexpr Statement kListOfUser = {
    .name = "audit_log.list_of_user",
    .text = "SELECT " LATCHKEY_ENTRY_COLUMNS
            " FROM audit_events WHERE user_id = $6 AND ($7::text IS NULL OR action = $7)"
            " AND" LATCHKEY_BETWEEN LATCHKEY_NEWEST_FIRST,
};
constexpr Statement kListOfAction = {
    .name = "audit_log.list_of_action",
    .text = "SELECT " LATCHKEY_ENTRY_COLUMNS
            " FROM audit_events WHERE action = $6 AND" LATCHKEY_BETWEEN LATCHKEY_NEWEST_FIRST,
};
constexpr Statement kRemoveOlder = {
    .name = "audit_log.remove_older",
    .text =
        "DELETE FROM audit_events WHERE id IN ("
        "SELECT id FROM audit_events WHERE at < $1 ORDER BY at, id LIMIT $2)",
};
// What the append-only trigger asks for (0004_audit_events.sql).
constexpr const char* kAllowRetention = "SET LOCAL latchkey.audit_retention = 'on'";

AuditEntry read_entry(const Row& row) {
  return {
      .id = row.int64(0),
      .event = {.at = row.timestamp(1),
                .action = row.text(2),
                .user_id = row.optional_int64(3),
                .actor_id = row.optional_int64(4),
                .provider = row.text(5),
                .subject = row.text(6),
                .reason = row.text(7),
                .ip = row.text(8),
                .request_id = row.text(9),
                .details = row.text(10),
                .actor = row.text(11)},
  };
}

Parameters between(const AuditFilter& filter, const std::optional<AuditKey>& behind, int limit) {
  Parameters parameters;
  parameters.optional_timestamp(filter.since).optional_timestamp(filter.until);
  behind ? parameters.timestamp(behind->at).int64(behind->id)
         : parameters.optional_timestamp({}).int64(0);
  parameters.int64(limit);
  return parameters;
}

}  // namespace

namespace audit_log {

Outcome<std::vector<AuditEntry>> list(Connection& connection, const AuditFilter& filter,
                                      const std::optional<AuditKey>& behind, int limit) {
  const auto read = [](const Rows& rows) { return rows.all(read_entry); };
  Parameters parameters = between(filter, behind, limit);
  if (filter.user) {
    parameters.int64(*filter.user).optional_text(filter.action);
    return connection.execute(kListOfUser, parameters).map(read);
  }
  if (filter.action) {
    parameters.text(*filter.action);
    return connection.execute(kListOfAction, parameters).map(read);
  }
  return connection.execute(kList, parameters).map(read);
}

Outcome<std::int64_t> remove_older(Connection& connection, TimePoint before, int limit) {
  LATCHKEY_TRY_ASSIGN(Transaction transaction, Transaction::begin(connection));
  LATCHKEY_TRY(connection.execute_script(kAllowRetention));
  LATCHKEY_TRY_ASSIGN(
      const Rows rows,
      connection.execute(kRemoveOlder, Parameters().timestamp(before).int64(limit)));
  LATCHKEY_TRY(transaction.commit());
  return rows.affected();
}

}  // namespace audit_log
}  // namespace latchkey::sql
