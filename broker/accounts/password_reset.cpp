#include "broker/accounts/password_reset.h"

#include "base/encoding.h"
#include "base/try.h"
#include "broker/accounts/account_trail.h"
#include "broker/accounts/unproven_account.h"
#include "broker/accounts/visit_limit.h"
#include "broker/password_rules.h"
#include "sql/users.h"

namespace latchkey::broker {
namespace {

bool may_reset(const sql::User& user) {
  return !user.disabled() && (user.email_verified() || mail_proves(user));
}

}  // namespace

FormResult<void> PasswordReset::ask(const std::string& email, const std::string& next,
                                    const Visitor& visitor) {
  if (!parts_.links.configured()) return fail(ErrorCode::mail_not_configured);
  LATCHKEY_TRY(take_visit(parts_.limiter, parts_.config.limits, "reset",
                          parts_.config.limits.reset_per_minute, visitor));
  const auto address = Email::parse(trim(email));
  if (!address) return field_fault("email", "Enter a valid e-mail address.");
  LATCHKEY_TRY(try_ask(*address, next, visitor));
  return {};
}

// Every address costs a letter, its statements and a commit with an audit line.
sql::Outcome<void> PasswordReset::try_ask(const Email& email, const std::string& next,
                                          const Visitor& visitor) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const auto user, sql::users::lock_by_email(db, email));
  bool sent = false;
  if (user && may_reset(*user)) {
    LATCHKEY_TRY_ASSIGN(sent, parts_.links.send(db, *user,
                                                {.purpose = sql::ProofPurpose::reset_password,
                                                 .recipient = user->email,
                                                 .password_hash = std::nullopt,
                                                 .name = {},
                                                 .next = next},
                                                visitor));
  } else {
    LATCHKEY_TRY(parts_.links.pretend(db, sql::ProofPurpose::reset_password, email, visitor));
  }
  LATCHKEY_TRY(record(db, parts_.clock.now(),
                      {.action = "password.reset_requested",
                       .reason = sent ? "mailed: a link to choose a new password"
                                      : "nothing mailed: no account that may reset, or too soon",
                       .user = user ? std::optional(user->id) : std::nullopt},
                      visitor));
  LATCHKEY_TRY(transaction.commit());
  parts_.links.wake();
  return {};
}

FormResult<PasswordReset::Renewed> PasswordReset::confirm(std::string_view token,
                                                          const Secret& password,
                                                          const Visitor& visitor) {
  const auto token_hash = MailedLinks::hash_of(token);
  if (!token_hash) return fail(ErrorCode::link_invalid);
  // Asked before the hash is computed: only a good link may cost one.
  LATCHKEY_TRY_ASSIGN(const auto user, account_of(*token_hash));
  if (!user) return fail(ErrorCode::link_invalid);
  if (auto fault = password_fault(password.reveal(), parts_.config.accounts, user->email)) {
    return field_fault("password", std::move(*fault));
  }
  LATCHKEY_TRY_ASSIGN(const std::string hash, parts_.hasher.hash(password));
  LATCHKEY_TRY_ASSIGN(Result<Renewed> renewed, set_password(*token_hash, hash, visitor));
  LATCHKEY_TRY(renewed);
  parts_.links.wake();
  parts_.sessions.forget_user(user->id);
  parts_.password_login.unlock(user->email);
  return std::move(*renewed);
}

sql::Outcome<std::optional<sql::User>> PasswordReset::account_of(const std::string& token_hash) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(const auto proof,
                      sql::account_proofs::find(*lease, token_hash, parts_.clock.now()));
  if (!proof || proof->purpose != sql::ProofPurpose::reset_password) return std::nullopt;
  LATCHKEY_TRY_ASSIGN(auto user, sql::users::find_by_id(*lease, proof->user_id));
  if (!user || !may_reset(*user) || user->email != proof->email) return std::nullopt;
  return user;
}

sql::Outcome<Result<PasswordReset::Renewed>> PasswordReset::set_password(
    const std::string& token_hash, const std::string& hash, const Visitor& visitor) {
  using Answer = Result<Renewed>;
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  const TimePoint now = parts_.clock.now();
  LATCHKEY_TRY_ASSIGN(const auto found, sql::account_proofs::find(db, token_hash, now));
  if (!found) return Answer(fail(ErrorCode::link_invalid));
  LATCHKEY_TRY_ASSIGN(const auto user, sql::users::lock_by_id(db, found->user_id));
  LATCHKEY_TRY_ASSIGN(const auto proof, sql::account_proofs::consume(db, token_hash, now));
  if (!user || !proof || !may_reset(*user) || user->email != proof->email) {
    return Answer(fail(ErrorCode::link_invalid));
  }
  if (user->email_verified()) {
    LATCHKEY_TRY_ASSIGN(const std::int64_t ended, parts_.sessions.end_all(db, user->id, ""));
    LATCHKEY_TRY(parts_.webhooks.sessions_revoked(db, user->id, ended));
    LATCHKEY_TRY(sql::account_proofs::remove_all_of_user(db, user->id));
  } else {
    LATCHKEY_TRY(drop_unproven(db, parts_.sessions, parts_.webhooks, *user));
    LATCHKEY_TRY(sql::users::mark_email_verified(db, user->id, now));
  }
  LATCHKEY_TRY(sql::users::set_password_hash(db, user->id, hash));
  LATCHKEY_TRY(parts_.notices.password_changed(db, *user, visitor));
  LATCHKEY_TRY(record(db, now,
                      {.action = "password.reset",
                       .reason = "changed: by the mailed link; every session is ended",
                       .user = user->id},
                      visitor));
  LATCHKEY_TRY(transaction.commit());
  return Answer({.email = user->email, .next = proof->next});
}

}  // namespace latchkey::broker
