#include "sql/signins.h"

#include "sql/text.h"

// A macro, because only literals join into a Statement's text.
#define LATCHKEY_PENDING_COLUMNS                                                              \
  "id, provider, subject, email, email_verified, name, avatar_url, reason, next, created_at," \
  " expires_at, code_email, code_mac, code_sent_at, code_expires_at, code_tries"

namespace latchkey::sql {
namespace {

constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxReason = 1000;

constexpr Statement kClaim = {
    .name = "claimed_states.claim",
    .text =
        "INSERT INTO claimed_states (state_hash, claimed_at, expires_at)"
        " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
};
constexpr Statement kRecordSession = {
    .name = "claimed_states.record_session",
    .text = "UPDATE claimed_states SET session_token_hash = $2, next = $3 WHERE state_hash = $1",
};
constexpr Statement kFindCompleted = {
    .name = "claimed_states.find_completed",
    .text =
        "SELECT session_token_hash, next FROM claimed_states"
        " WHERE state_hash = $1 AND session_token_hash IS NOT NULL",
};
constexpr Statement kSweepStates = {
    .name = "claimed_states.sweep",
    .text =
        "DELETE FROM claimed_states WHERE state_hash IN ("
        "SELECT state_hash FROM claimed_states WHERE expires_at <= $1"
        " ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
};

constexpr Statement kInsertPending = {
    .name = "pending_sign_ins.insert",
    .text =
        "INSERT INTO pending_sign_ins (token_hash, provider, subject, email, email_verified,"
        " name, avatar_url, reason, next, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
};
constexpr Statement kFindPending = {
    .name = "pending_sign_ins.find",
    .text = "SELECT " LATCHKEY_PENDING_COLUMNS
            " FROM pending_sign_ins WHERE token_hash = $1 AND expires_at > $2",
};
constexpr Statement kLockPending = {
    .name = "pending_sign_ins.lock",
    .text = "SELECT " LATCHKEY_PENDING_COLUMNS
            " FROM pending_sign_ins WHERE token_hash = $1 AND expires_at > $2 FOR UPDATE",
};
constexpr Statement kSetPendingCode = {
    .name = "pending_sign_ins.set_code",
    .text =
        "UPDATE pending_sign_ins SET code_email = $2, code_mac = $3, code_sent_at = $4,"
        " code_expires_at = $5, code_tries = 0 WHERE id = $1",
};
constexpr Statement kCountPendingTry = {
    .name = "pending_sign_ins.count_try",
    .text =
        "UPDATE pending_sign_ins SET code_tries = code_tries + 1"
        " WHERE token_hash = $1 AND expires_at > $2 AND code_expires_at > $2 AND code_tries < $3"
        " RETURNING " LATCHKEY_PENDING_COLUMNS,
};
constexpr Statement kRemovePending = {
    .name = "pending_sign_ins.remove",
    .text = "DELETE FROM pending_sign_ins WHERE id = $1",
};
constexpr Statement kRemovePendingByEmail = {
    .name = "pending_sign_ins.remove_by_email",
    .text =
        "DELETE FROM pending_sign_ins"
        " WHERE lower(email) = lower($1 COLLATE \"C\") OR code_email = $1",
};
constexpr Statement kSweepPending = {
    .name = "pending_sign_ins.sweep",
    .text =
        "DELETE FROM pending_sign_ins WHERE id IN ("
        "SELECT id FROM pending_sign_ins WHERE expires_at <= $1"
        " ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
};

constexpr Statement kInsertAuditEvent = {
    .name = "audit_events.insert",
    .text =
        "INSERT INTO audit_events (at, action, user_id, actor_id, provider, subject, reason,"
        " ip, request_id, details, actor)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::inet, $9,"
        " nullif($10::text, '')::jsonb, $11)",
};

// The newest events only, so that a long history costs no more than a short one.
constexpr Statement kFamiliarity = {
    .name = "audit_events.familiarity",
    .text =
        "WITH recent AS ("
        "  SELECT details ->> 'device' AS device, ip FROM audit_events"
        "  WHERE user_id = $1 ORDER BY at DESC LIMIT 200)"
        " SELECT count(*), coalesce(bool_or(device = $2), false),"
        " coalesce(bool_or(ip <<= set_masklen($3::text::inet,"
        "   CASE family($3::text::inet) WHEN 4 THEN 16 ELSE 32 END)), false)"
        " FROM recent WHERE device IS NOT NULL",
};

std::int64_t affected(const Rows& rows) { return rows.affected(); }

std::optional<PendingCode> read_code(const Row& row) {
  if (row.is_null(11)) return std::nullopt;
  return PendingCode{.email = row.text(11),
                     .mac = row.bytes(12),
                     .sent_at = row.timestamp(13),
                     .expires_at = row.timestamp(14),
                     .tries = row.int64(15)};
}

PendingSignIn read_pending(const Row& row) {
  return {
      .id = row.int64(0),
      .provider = row.text(1),
      .subject = row.text(2),
      .email = row.text(3),
      .email_verified = row.boolean(4),
      .name = row.text(5),
      .avatar_url = row.text(6),
      .reason = row.text(7),
      .next = row.text(8),
      .created_at = row.timestamp(9),
      .expires_at = row.timestamp(10),
      .code = read_code(row),
  };
}

std::optional<PendingSignIn> at_most_one_pending(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_pending(rows[0]);
}

}  // namespace

namespace claimed_states {

Outcome<bool> claim(Connection& connection, const std::string& state_hash, TimePoint now,
                    TimePoint expires_at) {
  return connection
      .execute(kClaim, Parameters().bytes(state_hash).timestamp(now).timestamp(expires_at))
      .map([](const Rows& rows) { return rows.affected() == 1; });
}

Outcome<void> record_session(Connection& connection, const std::string& state_hash,
                             const std::string& session_token_hash, const std::string& next) {
  return connection.execute_later(
      kRecordSession, Parameters().bytes(state_hash).bytes(session_token_hash).text(next));
}

Outcome<std::optional<Completed>> find_completed(Connection& connection,
                                                 const std::string& state_hash) {
  return connection.execute(kFindCompleted, Parameters().bytes(state_hash))
      .map([](const Rows& rows) -> std::optional<Completed> {
        if (rows.empty()) return std::nullopt;
        return Completed{.session_token_hash = rows[0].bytes(0), .next = rows[0].text(1)};
      });
}

Outcome<std::int64_t> sweep(Connection& connection, TimePoint now, int limit) {
  return connection.execute(kSweepStates, Parameters().timestamp(now).int64(limit)).map(affected);
}

}  // namespace claimed_states

namespace pending_sign_ins {

Outcome<std::int64_t> insert(Connection& connection, const std::string& token_hash,
                             const PendingSignIn& pending) {
  return connection
      .execute(kInsertPending, Parameters()
                                   .bytes(token_hash)
                                   .text(pending.provider)
                                   .text(pending.subject)
                                   .text(pending.email)
                                   .boolean(pending.email_verified)
                                   .text(displayable_name(pending.name))
                                   .text(displayable_url(pending.avatar_url))
                                   .text(pending.reason)
                                   .text(pending.next)
                                   .timestamp(pending.created_at)
                                   .timestamp(pending.expires_at))
      .map([](const Rows& rows) { return rows[0].int64(0); });
}

Outcome<std::optional<PendingSignIn>> find(Connection& connection, const std::string& token_hash,
                                           TimePoint now) {
  return connection.execute(kFindPending, Parameters().bytes(token_hash).timestamp(now))
      .map(at_most_one_pending);
}

Outcome<std::optional<PendingSignIn>> lock(Connection& connection, const std::string& token_hash,
                                           TimePoint now) {
  return connection.execute(kLockPending, Parameters().bytes(token_hash).timestamp(now))
      .map(at_most_one_pending);
}

Outcome<void> set_code(Connection& connection, std::int64_t id, const PendingCode& code) {
  return connection
      .execute(kSetPendingCode, Parameters()
                                    .int64(id)
                                    .text(code.email)
                                    .bytes(code.mac)
                                    .timestamp(code.sent_at)
                                    .timestamp(code.expires_at))
      .map([](const Rows&) {});
}

Outcome<std::optional<PendingSignIn>> count_try(Connection& connection,
                                                const std::string& token_hash, TimePoint now,
                                                int max_tries) {
  return connection
      .execute(kCountPendingTry, Parameters().bytes(token_hash).timestamp(now).int64(max_tries))
      .map(at_most_one_pending);
}

Outcome<bool> remove(Connection& connection, std::int64_t id) {
  return connection.execute(kRemovePending, Parameters().int64(id)).map([](const Rows& rows) {
    return rows.affected() > 0;
  });
}

Outcome<void> remove_by_email(Connection& connection, const std::string& email) {
  return connection.execute_later(kRemovePendingByEmail, Parameters().text(email));
}

Outcome<std::int64_t> sweep(Connection& connection, TimePoint now, int limit) {
  return connection.execute(kSweepPending, Parameters().timestamp(now).int64(limit)).map(affected);
}

}  // namespace pending_sign_ins

namespace audit_events {

Outcome<Familiarity> familiarity(Connection& connection, UserId user, const std::string& device,
                                 const std::string& ip) {
  const std::optional<std::string> address = inet_text(ip);
  return connection
      .execute(kFamiliarity, Parameters().int64(user).text(device).optional_text(address))
      .map([&address](const Rows& rows) {
        return Familiarity{.any = rows[0].int64(0) > 0,
                           .device = rows[0].boolean(1),
                           .network = !address || rows[0].boolean(2)};
      });
}

Outcome<void> insert(Connection& connection, const AuditEvent& event) {
  return connection.execute_later(kInsertAuditEvent,
                                  Parameters()
                                      .timestamp(event.at)
                                      .text(event.action)
                                      .optional_int64(event.user_id)
                                      .optional_int64(event.actor_id)
                                      .text(event.provider)
                                      .text(displayable(event.subject, kMaxName))
                                      .text(displayable(event.reason, kMaxReason))
                                      .optional_text(inet_text(event.ip))
                                      .text(displayable(event.request_id, kMaxName))
                                      .text(event.details)
                                      .text(displayable(event.actor, kMaxName)));
}

}  // namespace audit_events
}  // namespace latchkey::sql
