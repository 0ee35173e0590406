// The queue of mails (broker/mail): who may post one, which are due, and what became of them.
//
// Several instances send from one queue. claim() gives a mail to one of them by moving its
// next_attempt_at ahead by a lease, in a transaction of its own, so that no connection is held
// while a mail server takes its time. An instance that dies between the server's acceptance and
// mark_sent() has the mail sent once more when the lease is over: at least once in a crash, exactly
// once otherwise. The second copy carries the same Message-ID.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::sql {

struct NewMail {
  std::string kind;
  std::string recipient;  // an Email's str()
  std::optional<UserId> user_id;
  std::string subject;
  std::string text;
  std::string html;
  TimePoint created_at;
};

struct QueuedMail {
  std::int64_t id = 0;
  std::string kind;
  std::string recipient;
  std::string subject;
  std::string text;
  std::string html;
  TimePoint created_at;
  std::int64_t attempts = 0;  // with the one it was claimed for
};

enum class MailState { waiting, sent, failed };

// A mail as it may be shown: neither subject nor bodies, which hold codes and links.
struct MailRow {
  std::int64_t id = 0;
  std::string kind;
  std::string recipient;
  TimePoint created_at;
  std::optional<TimePoint> sent_at;
  std::optional<TimePoint> failed_at;
  std::int64_t attempts = 0;
  std::string last_error;

  [[nodiscard]] MailState state() const {
    if (sent_at) return MailState::sent;
    return failed_at ? MailState::failed : MailState::waiting;
  }
};

namespace mails {

Outcome<void> post(Connection&, const NewMail& mail);
// The work of a post without the mail.
Outcome<void> post_nothing(Connection&, const NewMail& mail);
// False, and nothing written, when a mail of the kind was posted this way to the recipient less
// than `interval` ago. A parallel call for the same two waits until the caller's transaction ends.
Outcome<bool> post_unless_recent(Connection&, const NewMail& mail, std::chrono::seconds interval);

// The mail that has been due for longest, if any is; nobody else gets it before `lease_until`.
Outcome<std::optional<QueuedMail>> claim(Connection&, TimePoint now, TimePoint lease_until);
// What became of the attempt. Each does nothing when another attempt has begun meanwhile. The first
// and the last clear the bodies.
Outcome<void> mark_sent(Connection&, const QueuedMail& mail, TimePoint now);
Outcome<void> retry_later(Connection&, const QueuedMail& mail, TimePoint next_attempt_at,
                          const std::string& error);
Outcome<void> give_up(Connection&, const QueuedMail& mail, TimePoint now, const std::string& error);

// Mails that wait to be sent about this user, or to their address for nobody's account yet, go: a
// claimed account keeps none (SECURITY 13). One that is being sent at the moment still arrives.
Outcome<std::int64_t> drop_waiting(Connection&, UserId user, const std::string& address);

// The newest mails about the user, and those to `recipient` that are about nobody who has an
// account (the code of a pending sign-in), newest first.
Outcome<std::vector<MailRow>> list_of_user(Connection&, UserId user, const std::string& recipient,
                                           int limit);

// Deletes what was posted 30 days ago or earlier.
Outcome<std::int64_t> sweep(Connection&, TimePoint now, int limit);

}  // namespace mails
}  // namespace latchkey::sql
