// Where the rest of the service hands in mails. A mail is rendered and written into the queue
// through the caller's connection, so that it stands or falls with what it tells of; the sending
// (broker/mail/sender.h) happens later, elsewhere, and is never waited for.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "broker/mail/bell.h"
#include "broker/mail/kinds.h"
#include "broker/mail/templates.h"
#include "config/config.h"
#include "sql/connection.h"
#include "sql/mails.h"
#include "sql/users.h"

namespace latchkey::broker {

struct Letter {
  MailKind kind;
  // The stored address: an Email's str(). Anything else is refused with kind `other`.
  std::string recipient;
  std::optional<sql::UserId> user;
  // What the templates of the kind use: "code", "link", "provider", "time", "ip", "device", "name",
  // "new_email", "merged_email", "by_staff" (when it was not the owner). One that is missing or
  // empty leaves its sentence out.
  std::map<std::string, std::string> values;
};

// Thread-safe.
class PostOffice {
 public:
  // `config` and `clock` outlive it. Throws std::runtime_error when a template is at fault, which
  // `latchkey check` and the start of the service have reported before.
  PostOffice(const config::Config& config, const Clock& clock);

  // False: routes that need mail answer 503 mail_not_configured.
  [[nodiscard]] bool configured() const;
  // False: held back, because a mail of that kind was posted to that recipient less than
  // limits.mail_interval ago. Of parallel calls one wins; the others wait for its transaction to
  // end. Only kinds that a visitor asks for are held back; notices always go.
  // Without configured mail nothing is written, and the answer is true.
  sql::Outcome<bool> post(sql::Connection& connection, const Letter& letter);
  // The work of post() without the mail: for whom there is none, where the time of an answer would
  // tell (SECURITY rule 14).
  sql::Outcome<void> pretend(sql::Connection& connection, const Letter& letter);
  // To be called after the commit: wakes the sender.
  void wake() { bell_.ring(); }
  [[nodiscard]] Bell& bell() { return bell_; }

 private:
  [[nodiscard]] sql::Outcome<sql::NewMail> write(const Letter& letter) const;

  const config::Config& config_;
  const Clock& clock_;
  MailTemplates templates_;
  std::map<std::string, std::string> common_;  // values that every template may use
  Bell bell_;
};

}  // namespace latchkey::broker
