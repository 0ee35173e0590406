#include "broker/accounts/email_change.h"

#include "base/email.h"
#include "base/encoding.h"
#include "base/try.h"
#include "broker/accounts/account_trail.h"
#include "broker/accounts/visit_limit.h"
#include "sql/users.h"

namespace latchkey::broker {

FormResult<void> EmailChange::ask(const sessions::LiveSession& current, const std::string& email,
                                  const Visitor& visitor) {
  if (!parts_.sessions.recently_authenticated(current)) {
    return fail(ErrorCode::reauthentication_required);
  }
  if (!parts_.links.configured()) return fail(ErrorCode::mail_not_configured);
  LATCHKEY_TRY(take_visit(parts_.limiter, parts_.config.limits, "email_change",
                          parts_.config.limits.reset_per_minute, visitor));
  const auto address = Email::parse(trim(email));
  if (!address) return field_fault("email", "Enter a valid e-mail address.");
  LATCHKEY_TRY_ASSIGN(FormResult<void> asked, try_ask(current.user.id, address->str(), visitor));
  if (asked) parts_.links.wake();
  return asked;
}

sql::Outcome<FormResult<void>> EmailChange::try_ask(sql::UserId id, const std::string& email,
                                                    const Visitor& visitor) {
  using Answer = FormResult<void>;
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const auto user, sql::users::lock_by_id(db, id));
  if (!user || user->disabled()) return Answer(fail(ErrorCode::not_authenticated));
  if (user->email == email && user->email_verified()) {
    return Answer(field_fault("email", "This is the address of your account already."));
  }
  bool sent = false;
  if (user->email == email) {
    LATCHKEY_TRY_ASSIGN(sent, parts_.verification.send_again_in(db, *user, visitor));
  } else {
    LATCHKEY_TRY_ASSIGN(sent, parts_.links.send(db, *user,
                                                {.purpose = sql::ProofPurpose::change_email,
                                                 .recipient = email,
                                                 .password_hash = std::nullopt,
                                                 .name = {},
                                                 .next = {}},
                                                visitor));
  }
  LATCHKEY_TRY(record(db, parts_.clock.now(),
                      {.action = "email.change_requested",
                       .reason = sent ? "mailed: a link to prove the address"
                                      : "nothing mailed: a link went to the address a moment ago",
                       .user = user->id,
                       .by_user = true},
                      visitor));
  LATCHKEY_TRY(transaction.commit());
  return Answer();
}

}  // namespace latchkey::broker
