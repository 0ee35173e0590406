#include "broker/accounts/reauthentication.h"

#include "base/try.h"
#include "broker/accounts/account_trail.h"
#include "sql/identities.h"
#include "sql/signins.h"

namespace latchkey::broker {
namespace {

constexpr std::string_view kAction = "reauthenticate";

}  // namespace

Status Reauthentication::by_password(const sessions::LiveSession& current, const Secret& password,
                                     const Visitor& visitor) {
  LATCHKEY_TRY_ASSIGN(const sql::User proven,
                      parts_.password_login.prove({.email = current.user.email,
                                                   .password = password,
                                                   .remember = false,
                                                   .current = {},
                                                   .visitor = visitor}));
  if (proven.id != current.user.id) return fail(ErrorCode::not_authenticated);
  const auto renewed = renew(current, visitor);
  if (!renewed) return fail(sql::to_error(renewed.error()));
  if (*renewed) parts_.sessions.forget_session(current.token_hash);
  return *renewed;
}

sql::Outcome<Status> Reauthentication::renew(const sessions::LiveSession& current,
                                             const Visitor& visitor) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const bool alive, parts_.sessions.renew_in(db, current.token_hash));
  if (!alive) return Status(fail(ErrorCode::not_authenticated));
  LATCHKEY_TRY(record(db, parts_.clock.now(),
                      {.action = kAction,
                       .reason = "confirmed: the password is right",
                       .user = current.user.id,
                       .by_user = true},
                      visitor));
  LATCHKEY_TRY(transaction.commit());
  return Status();
}

Status Reauthentication::by_identity(const Return& returned) {
  const auto renewed = renew(returned);
  if (!renewed) return fail(sql::to_error(renewed.error()));
  if (*renewed) parts_.sessions.forget_session(returned.current.token_hash);
  return *renewed;
}

// Whose identity it is, the database says at this moment: the session's copy may be older than a
// disconnection.
sql::Outcome<Status> Reauthentication::renew(const Return& returned) {
  const sql::UserId user = returned.current.user.id;
  const providers::Identity& identity = returned.identity;
  const TimePoint now = parts_.clock.now();
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const auto known,
                      sql::identities::find(db, identity.provider, identity.subject));
  const bool own = known && known->user_id == user;
  LATCHKEY_TRY(sql::audit_events::insert(
      db, {.at = now,
           .action = std::string(kAction),
           .user_id = user,
           .actor_id = user,
           .provider = identity.provider,
           .subject = identity.subject,
           .reason = own ? "confirmed: signed in again at the provider"
                         : "refused: the provider's account is not one of this user",
           .ip = returned.visitor.ip,
           .request_id = returned.visitor.request_id,
           .details = {}}));
  if (!own) {
    LATCHKEY_TRY(transaction.commit());
    return Status(fail(ErrorCode::identity_mismatch));
  }
  LATCHKEY_TRY_ASSIGN(const bool alive, parts_.sessions.renew_in(db, returned.current.token_hash));
  if (!alive) return Status(fail(ErrorCode::not_authenticated));
  LATCHKEY_TRY(sql::claimed_states::record_session(db, returned.state_hash,
                                                   returned.current.token_hash, returned.next));
  LATCHKEY_TRY(transaction.commit());
  return Status();
}

}  // namespace latchkey::broker
