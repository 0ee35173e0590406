#include "broker/accounts/password_change.h"

#include "base/try.h"
#include "broker/accounts/account_trail.h"
#include "broker/password_rules.h"
#include "sql/account_proofs.h"
#include "sql/users.h"

namespace latchkey::broker {
namespace {

// What the newest sign-up with an unproven address brings is its maker's, and perhaps not of
// whoever holds this session: if it were gone, the next link would bring the password that is set
// here (SECURITY rule 13). So it stays, and brings none.
sql::Outcome<void> drop_links(sql::Connection& db, const sql::User& user) {
  if (user.email_verified()) return sql::account_proofs::remove_all_of_user(db, user.id);
  LATCHKEY_TRY(sql::account_proofs::forget_password(db, user.id));
  return sql::account_proofs::remove_all_but_sign_up(db, user.id);
}

}  // namespace

FormResult<sessions::IssuedSession> PasswordChange::change(const PasswordChangeRequest& request) {
  if (auto fault = password_fault(request.new_password.reveal(), parts_.config.accounts,
                                  request.current->user.email)) {
    return field_fault("new_password", std::move(*fault));
  }
  LATCHKEY_TRY_ASSIGN(const std::optional<std::string> from, proven_hash(request));
  LATCHKEY_TRY_ASSIGN(const std::string to, parts_.hasher.hash(request.new_password));
  LATCHKEY_TRY_ASSIGN(Result<sessions::IssuedSession> session, replace(request, from, to));
  LATCHKEY_TRY(session);
  parts_.notices.wake();
  parts_.sessions.forget_user(request.current->user.id);
  return std::move(*session);
}

FormResult<std::optional<std::string>> PasswordChange::proven_hash(
    const PasswordChangeRequest& request) {
  const sql::User& user = request.current->user;
  if (!user.has_password()) {
    if (!parts_.sessions.recently_authenticated(*request.current)) {
      return fail(ErrorCode::reauthentication_required);
    }
    return std::nullopt;
  }
  if (!request.current_password) {
    return field_fault("current_password", "Enter your current password.");
  }
  LATCHKEY_TRY_ASSIGN(sql::User proven,
                      parts_.password_login.prove({.email = user.email,
                                                   .password = *request.current_password,
                                                   .remember = false,
                                                   .current = {},
                                                   .visitor = request.visitor}));
  // The address may be another's by now, if this session was remembered from before a change.
  if (proven.id != user.id) return fail(ErrorCode::not_authenticated);
  return std::move(proven.password_hash);
}

// Compares the hash again under the row's lock: of two changes at once, one counts.
sql::Outcome<Result<sessions::IssuedSession>> PasswordChange::replace(
    const PasswordChangeRequest& request, const std::optional<std::string>& from,
    const std::string& to) {
  using Answer = Result<sessions::IssuedSession>;
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const auto user, sql::users::lock_by_id(db, request.current->user.id));
  LATCHKEY_TRY_ASSIGN(const bool alive, parts_.sessions.end_in(db, request.current->token_hash));
  if (!user || user->disabled() || user->password_hash != from || !alive) {
    return Answer(fail(ErrorCode::not_authenticated));
  }
  LATCHKEY_TRY(sql::users::set_password_hash(db, user->id, to));
  LATCHKEY_TRY_ASSIGN(const std::int64_t ended, parts_.sessions.end_all(db, user->id, ""));
  LATCHKEY_TRY(parts_.webhooks.sessions_revoked(db, user->id, ended));
  LATCHKEY_TRY(drop_links(db, *user));
  LATCHKEY_TRY_ASSIGN(sessions::IssuedSession session,
                      parts_.sessions.issue(db, {.user_id = user->id,
                                                 .method = request.current->session.method,
                                                 .remember = request.current->session.remember,
                                                 .ip = request.visitor.ip,
                                                 .user_agent = request.visitor.user_agent}));
  LATCHKEY_TRY(parts_.notices.password_changed(db, *user, request.visitor));
  LATCHKEY_TRY(record(db, parts_.clock.now(),
                      {.action = "password.change",
                       .reason = from ? "changed: the current password is right"
                                      : "set: the first password, after a recent login",
                       .user = user->id,
                       .by_user = true},
                      request.visitor));
  LATCHKEY_TRY(transaction.commit());
  return Answer(std::move(session));
}

}  // namespace latchkey::broker
