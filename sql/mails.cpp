#include "sql/mails.h"

#include "sql/text.h"

namespace latchkey::sql {
namespace {

constexpr std::size_t kMaxError = 500;
constexpr std::size_t kMaxSubject = 500;
constexpr auto kKept = std::chrono::days(30);

constexpr Statement kPost = {
    .name = "mails.post",
    .text =
        "INSERT INTO mails (kind, recipient, user_id, subject, text_body, html_body, created_at,"
        " next_attempt_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
};
// The update of an interval that has not passed changes no row, and so returns none. ON CONFLICT
// looks at the newest committed row after its wait, whatever the snapshot.
constexpr Statement kPostUnlessRecent = {
    .name = "mails.post_unless_recent",
    .text =
        "WITH passed AS ("
        " INSERT INTO mail_intervals AS i (kind, recipient, posted_at) VALUES ($1, $2, $7)"
        " ON CONFLICT (kind, recipient) DO UPDATE SET posted_at = excluded.posted_at"
        " WHERE i.posted_at <= $8 RETURNING 1)"
        "INSERT INTO mails (kind, recipient, user_id, subject, text_body, html_body, created_at,"
        " next_attempt_at) SELECT $1, $2, $3, $4, $5, $6, $7, $7 FROM passed",
};
constexpr Statement kPostNothing = {
    .name = "mails.post_nothing",
    .text =
        "INSERT INTO mails (kind, recipient, user_id, subject, text_body, html_body, created_at,"
        " next_attempt_at) SELECT $1, $2, $3::bigint, $4, $5, $6, $7::timestamptz, $7 WHERE false",
};
constexpr Statement kClaim = {
    .name = "mails.claim",
    .text =
        "UPDATE mails SET attempts = attempts + 1, next_attempt_at = $2 WHERE id = ("
        "SELECT id FROM mails WHERE text_body IS NOT NULL AND next_attempt_at <= $1"
        " ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)"
        " RETURNING id, kind, recipient, subject, text_body, html_body, created_at, attempts",
};
constexpr Statement kMarkSent = {
    .name = "mails.mark_sent",
    .text =
        "UPDATE mails SET sent_at = $3, text_body = NULL, html_body = NULL, last_error = ''"
        " WHERE id = $1 AND attempts = $2 AND text_body IS NOT NULL",
};
constexpr Statement kRetryLater = {
    .name = "mails.retry_later",
    .text =
        "UPDATE mails SET next_attempt_at = $3, last_error = $4"
        " WHERE id = $1 AND attempts = $2 AND text_body IS NOT NULL",
};
constexpr Statement kGiveUp = {
    .name = "mails.give_up",
    .text =
        "UPDATE mails SET failed_at = $3, last_error = $4, text_body = NULL, html_body = NULL"
        " WHERE id = $1 AND attempts = $2 AND text_body IS NOT NULL",
};
// Either half stops at its limit in its own index.
constexpr Statement kListOfUser = {
    .name = "mails.list_of_user",
    .text =
        "SELECT id, kind, recipient, created_at, sent_at, failed_at, attempts, last_error FROM ("
        " (SELECT * FROM mails WHERE user_id = $1 ORDER BY id DESC LIMIT $3)"
        " UNION ALL"
        " (SELECT * FROM mails WHERE recipient = $2 AND user_id IS NULL"
        "  ORDER BY created_at DESC, id DESC LIMIT $3)) AS found"
        " ORDER BY id DESC LIMIT $3",
};
constexpr Statement kDropWaiting = {
    .name = "mails.drop_waiting",
    .text =
        "DELETE FROM mails WHERE text_body IS NOT NULL"
        " AND (user_id = $1 OR (recipient = $2 AND user_id IS NULL))",
};
constexpr Statement kSweep = {
    .name = "mails.sweep",
    .text =
        "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE created_at <= $1"
        " ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
};
constexpr Statement kSweepIntervals = {
    .name = "mails.sweep_intervals",
    .text =
        "DELETE FROM mail_intervals WHERE (kind, recipient) IN ("
        "SELECT kind, recipient FROM mail_intervals WHERE posted_at <= $1"
        " ORDER BY posted_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
};

Parameters columns(const NewMail& mail) {
  return Parameters()
      .text(mail.kind)
      .text(mail.recipient)
      .optional_int64(mail.user_id)
      .text(displayable(mail.subject, kMaxSubject))
      .text(mail.text)
      .text(mail.html)
      .timestamp(mail.created_at);
}

Parameters attempt_of(const QueuedMail& mail) {
  return Parameters().int64(mail.id).int64(mail.attempts);
}

}  // namespace

namespace mails {

Outcome<void> post(Connection& connection, const NewMail& mail) {
  return connection.execute(kPost, columns(mail)).map([](const Rows&) {});
}

Outcome<void> post_nothing(Connection& connection, const NewMail& mail) {
  return connection.execute(kPostNothing, columns(mail)).map([](const Rows&) {});
}

Outcome<bool> post_unless_recent(Connection& connection, const NewMail& mail,
                                 std::chrono::seconds interval) {
  return connection.execute(kPostUnlessRecent, columns(mail).timestamp(mail.created_at - interval))
      .map([](const Rows& rows) { return rows.affected() == 1; });
}

Outcome<std::optional<QueuedMail>> claim(Connection& connection, TimePoint now,
                                         TimePoint lease_until) {
  return connection.execute(kClaim, Parameters().timestamp(now).timestamp(lease_until))
      .map([](const Rows& rows) -> std::optional<QueuedMail> {
        if (rows.empty()) return std::nullopt;
        const Row row = rows[0];
        return QueuedMail{.id = row.int64(0),
                          .kind = row.text(1),
                          .recipient = row.text(2),
                          .subject = row.text(3),
                          .text = row.text(4),
                          .html = row.text(5),
                          .created_at = row.timestamp(6),
                          .attempts = row.int64(7)};
      });
}

Outcome<void> mark_sent(Connection& connection, const QueuedMail& mail, TimePoint now) {
  return connection.execute(kMarkSent, attempt_of(mail).timestamp(now)).map([](const Rows&) {});
}

Outcome<void> retry_later(Connection& connection, const QueuedMail& mail, TimePoint next_attempt_at,
                          const std::string& error) {
  return connection
      .execute(kRetryLater,
               attempt_of(mail).timestamp(next_attempt_at).text(displayable(error, kMaxError)))
      .map([](const Rows&) {});
}

Outcome<void> give_up(Connection& connection, const QueuedMail& mail, TimePoint now,
                      const std::string& error) {
  return connection
      .execute(kGiveUp, attempt_of(mail).timestamp(now).text(displayable(error, kMaxError)))
      .map([](const Rows&) {});
}

Outcome<std::int64_t> drop_waiting(Connection& connection, UserId user,
                                   const std::string& address) {
  return connection.execute(kDropWaiting, Parameters().int64(user).text(address))
      .map([](const Rows& rows) { return rows.affected(); });
}

Outcome<std::vector<MailRow>> list_of_user(Connection& connection, UserId user,
                                           const std::string& recipient, int limit) {
  return connection.execute(kListOfUser, Parameters().int64(user).text(recipient).int64(limit))
      .map([](const Rows& rows) {
        return rows.all([](const Row& row) {
          return MailRow{.id = row.int64(0),
                         .kind = row.text(1),
                         .recipient = row.text(2),
                         .created_at = row.timestamp(3),
                         .sent_at = row.optional_timestamp(4),
                         .failed_at = row.optional_timestamp(5),
                         .attempts = row.int64(6),
                         .last_error = row.text(7)};
        });
      });
}

Outcome<std::int64_t> sweep(Connection& connection, TimePoint now, int limit) {
  const TimePoint before = now - kKept;
  const auto intervals =
      connection.execute(kSweepIntervals, Parameters().timestamp(before).int64(limit));
  if (!intervals) return tl::unexpected(intervals.error());
  return connection.execute(kSweep, Parameters().timestamp(before).int64(limit))
      .map([](const Rows& rows) { return rows.affected(); });
}

}  // namespace mails
}  // namespace latchkey::sql
