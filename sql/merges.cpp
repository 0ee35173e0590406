#include "sql/merges.h"

#include <limits>

#include "base/try.h"
#include "sql/identity_row.h"

namespace latchkey::sql {
namespace {

#define LATCHKEY_MERGE_COLUMNS                                                                  \
  "id, source_id, target_id, merged_at, actor_id, actor_name, reason, moved::text, undone_at, " \
  "undone_by, coalesce(undo_report::text, '')"

constexpr Statement kInsert = {
    .name = "merges.insert",
    .text =
        "INSERT INTO merges (source_id, target_id, merged_at, actor_id, actor_name, reason, moved)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb) RETURNING id",
};
constexpr Statement kFind = {
    .name = "merges.find",
    .text = "SELECT " LATCHKEY_MERGE_COLUMNS " FROM merges WHERE id = $1",
};
constexpr Statement kLock = {
    .name = "merges.lock",
    .text = "SELECT " LATCHKEY_MERGE_COLUMNS " FROM merges WHERE id = $1 FOR UPDATE",
};
constexpr Statement kList = {
    .name = "merges.list",
    .text = "SELECT " LATCHKEY_MERGE_COLUMNS " FROM merges WHERE id < $1 ORDER BY id DESC LIMIT $2",
};
constexpr Statement kListOfUser = {
    .name = "merges.list_of_user",
    .text = "SELECT " LATCHKEY_MERGE_COLUMNS
            " FROM merges WHERE id < $1 AND (source_id = $3 OR target_id = $3)"
            " ORDER BY id DESC LIMIT $2",
};
constexpr Statement kMarkUndone = {
    .name = "merges.mark_undone",
    .text =
        "UPDATE merges SET undone_at = $2, undone_by = $3, undo_report = $4::text::jsonb"
        " WHERE id = $1",
};
constexpr Statement kSetMergedInto = {
    .name = "merges.set_merged_into",
    .text = "UPDATE users SET merged_into = $2 WHERE id = $1",
};
// Moving a session is no row's end, which is what the triggers of 0005_user_changes.sql wait for.
constexpr Statement kAnnounce = {
    .name = "merges.announce",
    .text = "SELECT latchkey_announce_user($1)",
};
constexpr Statement kMoveIdentities = {
    .name = "merges.move_identities",
    .text =
        "WITH held AS (SELECT id FROM identities WHERE user_id = $1 ORDER BY id FOR UPDATE),"
        " moved AS (UPDATE identities SET user_id = $2 FROM held WHERE identities.id = held.id"
        "  RETURNING " LATCHKEY_IDENTITY_COLUMNS
        ")"
        " SELECT * FROM moved ORDER BY id",
};
// Rows are held in the order of their ids, as when what was seen of sessions is written.
constexpr Statement kMoveSessions = {
    .name = "merges.move_sessions",
    .text =
        "WITH held AS (SELECT id FROM sessions WHERE user_id = $1 ORDER BY id FOR UPDATE),"
        " moved AS (UPDATE sessions SET user_id = $2 FROM held WHERE sessions.id = held.id"
        "  RETURNING sessions.id)"
        " SELECT id FROM moved ORDER BY id",
};
constexpr Statement kMoveSessionsBack = {
    .name = "merges.move_sessions_back",
    .text =
        "WITH held AS ("
        "  SELECT id FROM sessions WHERE id = ANY ($1) AND user_id = $2 ORDER BY id FOR UPDATE)"
        " UPDATE sessions SET user_id = $3 FROM held WHERE sessions.id = held.id",
};

Merge read_merge(const Row& row) {
  return {
      .id = row.int64(0),
      .source_id = row.int64(1),
      .target_id = row.int64(2),
      .merged_at = row.timestamp(3),
      .actor_id = row.optional_int64(4),
      .actor_name = row.text(5),
      .reason = row.text(6),
      .moved = row.text(7),
      .undone_at = row.optional_timestamp(8),
      .undone_by = row.optional_int64(9),
      .undo_report = row.text(10),
  };
}

std::optional<Merge> at_most_one(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_merge(rows[0]);
}

}  // namespace

namespace merges {

Outcome<std::int64_t> insert(Connection& connection, const NewMerge& merge) {
  return connection
      .execute(kInsert, Parameters()
                            .int64(merge.source_id)
                            .int64(merge.target_id)
                            .timestamp(merge.merged_at)
                            .optional_int64(merge.actor_id)
                            .text(merge.actor_name)
                            .text(merge.reason)
                            .text(merge.moved))
      .map([](const Rows& rows) { return rows[0].int64(0); });
}

Outcome<std::optional<Merge>> find(Connection& connection, std::int64_t id) {
  return connection.execute(kFind, Parameters().int64(id)).map(at_most_one);
}

Outcome<std::optional<Merge>> lock(Connection& connection, std::int64_t id) {
  return connection.execute(kLock, Parameters().int64(id)).map(at_most_one);
}

Outcome<std::vector<Merge>> list(Connection& connection, std::optional<UserId> user,
                                 std::int64_t before, int limit) {
  constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
  Parameters parameters;
  parameters.int64(before == 0 ? kNewest : before).int64(limit);
  if (user) parameters.int64(*user);
  return connection.execute(user ? kListOfUser : kList, parameters).map([](const Rows& rows) {
    return rows.all(read_merge);
  });
}

Outcome<void> mark_undone(Connection& connection, std::int64_t id, TimePoint at,
                          std::optional<UserId> by, const std::string& report) {
  return connection
      .execute(kMarkUndone, Parameters().int64(id).timestamp(at).optional_int64(by).text(report))
      .map([](const Rows&) {});
}

Outcome<void> set_merged_into(Connection& connection, UserId user, std::optional<UserId> into) {
  LATCHKEY_TRY(connection.execute(kSetMergedInto, Parameters().int64(user).optional_int64(into)));
  return connection.execute(kAnnounce, Parameters().int64(user)).map([](const Rows&) {});
}

Outcome<std::vector<IdentityRow>> move_identities(Connection& connection, UserId from, UserId to) {
  return connection.execute(kMoveIdentities, Parameters().int64(from).int64(to))
      .map([](const Rows& rows) {
        return rows.all([](const Row& row) { return read_identity(row); });
      });
}

Outcome<std::vector<std::int64_t>> move_sessions(Connection& connection, UserId from, UserId to) {
  return connection.execute(kMoveSessions, Parameters().int64(from).int64(to))
      .map([](const Rows& rows) { return rows.all([](const Row& row) { return row.int64(0); }); });
}

Outcome<std::int64_t> move_sessions_back(Connection& connection,
                                         const std::vector<std::int64_t>& ids, UserId from,
                                         UserId to) {
  LATCHKEY_TRY_ASSIGN(
      const Rows rows,
      connection.execute(kMoveSessionsBack, Parameters().int64_array(ids).int64(from).int64(to)));
  // Whoever remembers them, does so as sessions of the user they no longer belong to.
  LATCHKEY_TRY(connection.execute(kAnnounce, Parameters().int64(from)));
  return rows.affected();
}

}  // namespace merges
}  // namespace latchkey::sql
