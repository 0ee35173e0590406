#include "sql/sessions.h"

#include "base/try.h"
#include "sql/identity_row.h"
#include "sql/text.h"
#include "sql/user_row.h"

namespace latchkey::sql {
namespace {

constexpr std::size_t kMaxUserAgent = 400;

constexpr Statement kInsert = {
    .name = "sessions.insert",
    .text =
        "INSERT INTO sessions (token_hash, user_id, created_at, authenticated_at,"
        " last_seen_at, expires_at, sweep_at, remember, method, ip, user_agent)"
        " VALUES ($1, $2, $3, $3, $3, $4, least($4, $5), $6, $7, $8::text::inet, $9)",
};
constexpr Statement kFind = {
    .name = "sessions.find",
    .text =
        "SELECT sessions.token_hash, sessions.id, sessions.user_id, sessions.created_at,"
        " sessions.authenticated_at, sessions.last_seen_at, sessions.expires_at,"
        " sessions.remember, sessions.method, coalesce(host(sessions.ip), ''),"
        " sessions.user_agent, " LATCHKEY_USER_COLUMNS ", " LATCHKEY_IDENTITY_COLUMNS
        " FROM sessions JOIN users ON users.id = sessions.user_id"
        " LEFT JOIN identities ON identities.user_id = users.id"
        " WHERE sessions.token_hash = ANY ($1) AND sessions.expires_at > $2"
        " AND sessions.last_seen_at > $3 AND users.disabled_at IS NULL"
        " ORDER BY sessions.id, identities.id",
};
constexpr int kSessionIdColumn = 1;  // of kFind
constexpr int kUserColumn = 11;
constexpr int kIdentityColumn = 23;

// As kFind, but the user is known.
constexpr Statement kListOfUser = {
    .name = "sessions.list_of_user",
    .text =
        "SELECT token_hash, id, user_id, created_at, authenticated_at, last_seen_at, expires_at,"
        " remember, method, coalesce(host(ip), ''), user_agent FROM sessions"
        " WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3"
        " ORDER BY created_at DESC, id DESC",
};
constexpr Statement kRemoveOfUser = {
    .name = "sessions.remove_of_user",
    .text = "DELETE FROM sessions WHERE user_id = $1 AND id = $2 RETURNING token_hash",
};
constexpr Statement kRemoveByHash = {
    .name = "sessions.remove_by_hash",
    .text = "DELETE FROM sessions WHERE token_hash = $1",
};
constexpr Statement kRemoveAllOfUser = {
    .name = "sessions.remove_all_of_user",
    .text = "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2",
};
// Rows are locked in the order of their ids, so that two batches cannot deadlock.
constexpr Statement kTouch = {
    .name = "sessions.touch",
    .text =
        "WITH seen AS ("
        "  SELECT id, max(seen_at) AS seen_at FROM unnest($1, $2) AS batch (id, seen_at)"
        "  GROUP BY id),"
        " locked AS ("
        "  SELECT id FROM sessions WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE)"
        " UPDATE sessions SET last_seen_at = seen.seen_at FROM seen, locked"
        " WHERE sessions.id = seen.id AND locked.id = seen.id"
        " AND sessions.last_seen_at < seen.seen_at",
};
constexpr Statement kRenew = {
    .name = "sessions.renew",
    .text =
        "WITH renewed AS ("
        "  UPDATE sessions SET authenticated_at = $2 WHERE token_hash = $1 RETURNING user_id)"
        " SELECT latchkey_announce_user(user_id) FROM renewed",
};
// Of the rows that are due (see 0002_sessions.sql), deletes those past either expiry and tells the
// others when they are due again. Answers how many were due and how many are gone. SKIP LOCKED:
// several instances sweep, and none waits for a session that is being used.
constexpr Statement kSweep = {
    .name = "sessions.sweep",
    .text =
        "WITH due AS ("
        "  SELECT id, least(expires_at, last_seen_at + ($1 - $2)) AS lapses_at FROM sessions"
        "  WHERE sweep_at <= $1 ORDER BY sweep_at LIMIT $3 FOR UPDATE SKIP LOCKED),"
        " gone AS ("
        "  DELETE FROM sessions USING due"
        "  WHERE sessions.id = due.id AND due.lapses_at <= $1 RETURNING 1),"
        " later AS ("
        "  UPDATE sessions SET sweep_at = due.lapses_at FROM due"
        "  WHERE sessions.id = due.id AND due.lapses_at > $1)"
        " SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM gone)",
};

// Columns 1 to 10 of kFind and kListOfUser.
SessionRow read_session_row(const Row& row) {
  return {
      .id = row.int64(1),
      .user_id = row.int64(2),
      .created_at = row.timestamp(3),
      .authenticated_at = row.timestamp(4),
      .last_seen_at = row.timestamp(5),
      .expires_at = row.timestamp(6),
      .remember = row.boolean(7),
      .method = row.text(8),
      .ip = row.text(9),
      .user_agent = row.text(10),
  };
}

SessionWithUser read_session(const Row& row) {
  return {.token_hash = row.bytes(0),
          .session = read_session_row(row),
          .user = read_user(row, kUserColumn),
          .identities = {}};
}

// A session takes as many rows as its user has identities, one after the other, and at least one.
std::vector<SessionWithUser> read_sessions(const Rows& rows) {
  std::vector<SessionWithUser> sessions;
  for (int i = 0; i < rows.size(); ++i) {
    const Row row = rows[i];
    if (sessions.empty() || sessions.back().session.id != row.int64(kSessionIdColumn)) {
      sessions.push_back(read_session(row));
    }
    if (row.is_null(kIdentityColumn)) continue;
    sessions.back().identities.push_back(read_identity(row, kIdentityColumn));
  }
  return sessions;
}

}  // namespace

namespace sessions {

Outcome<void> insert(Connection& connection, const NewSession& session) {
  return connection.execute_later(kInsert,
                                  Parameters()
                                      .bytes(session.token_hash)
                                      .int64(session.user_id)
                                      .timestamp(session.created_at)
                                      .timestamp(session.expires_at)
                                      .timestamp(session.idle_expires_at)
                                      .boolean(session.remember)
                                      .text(session.method)
                                      .optional_text(inet_text(session.ip))
                                      .text(displayable(session.user_agent, kMaxUserAgent)));
}

Outcome<std::vector<SessionWithUser>> find(Connection& connection,
                                           const std::vector<std::string>& token_hashes,
                                           TimePoint now, Duration idle) {
  return connection
      .execute(kFind, Parameters().bytes_array(token_hashes).timestamp(now).timestamp(now - idle))
      .map(read_sessions);
}

Outcome<bool> remove_by_hash(Connection& connection, const std::string& token_hash) {
  return connection.execute(kRemoveByHash, Parameters().bytes(token_hash))
      .map([](const Rows& rows) { return rows.affected() > 0; });
}

Outcome<bool> renew(Connection& connection, const std::string& token_hash, TimePoint at) {
  return connection.execute(kRenew, Parameters().bytes(token_hash).timestamp(at))
      .map([](const Rows& rows) { return !rows.empty(); });
}

Outcome<std::vector<OwnSession>> list_of_user(Connection& connection, UserId user, TimePoint now,
                                              Duration idle) {
  return connection
      .execute(kListOfUser, Parameters().int64(user).timestamp(now).timestamp(now - idle))
      .map([](const Rows& rows) {
        return rows.all([](const Row& row) {
          return OwnSession{.token_hash = row.bytes(0), .session = read_session_row(row)};
        });
      });
}

Outcome<std::optional<std::string>> remove_of_user(Connection& connection, UserId user,
                                                   std::int64_t id) {
  return connection.execute(kRemoveOfUser, Parameters().int64(user).int64(id))
      .map([](const Rows& rows) -> std::optional<std::string> {
        if (rows.empty()) return std::nullopt;
        return rows[0].bytes(0);
      });
}

Outcome<std::int64_t> remove_all_of_user(Connection& connection, UserId user,
                                         const std::string& except_hash) {
  // No hash is empty, so an empty one spares none.
  return connection.execute(kRemoveAllOfUser, Parameters().int64(user).bytes(except_hash))
      .map([](const Rows& rows) { return rows.affected(); });
}

Outcome<void> touch(Connection& connection, const std::vector<std::int64_t>& ids,
                    const std::vector<TimePoint>& seen_at) {
  return connection.execute(kTouch, Parameters().int64_array(ids).timestamp_array(seen_at))
      .map([](const Rows&) {});
}

Outcome<std::int64_t> sweep(Connection& connection, TimePoint now, Duration idle, int limit) {
  std::int64_t gone = 0;
  // A batch may consist of rows that are still alive. They are not due again, so this ends.
  for (;;) {
    const std::int64_t batch = limit - gone;
    LATCHKEY_TRY_ASSIGN(
        const Rows rows,
        connection.execute(kSweep, Parameters().timestamp(now).timestamp(now - idle).int64(batch)));
    gone += rows[0].int64(1);
    if (rows[0].int64(0) < batch || gone >= limit) return gone;
  }
}

}  // namespace sessions
}  // namespace latchkey::sql
