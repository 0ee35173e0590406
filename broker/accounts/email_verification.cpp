#include "broker/accounts/email_verification.h"

#include "base/encoding.h"
#include "base/log.h"
#include "base/try.h"
#include "broker/accounts/account_trail.h"
#include "broker/accounts/unproven_account.h"
#include "broker/accounts/visit_limit.h"
#include "sql/users.h"

namespace latchkey::broker {

Result<EmailVerification::Verified> EmailVerification::verify(std::string_view token,
                                                              const sessions::SessionPtr& current,
                                                              const Visitor& visitor) {
  const auto token_hash = MailedLinks::hash_of(token);
  if (!token_hash) return fail(ErrorCode::link_invalid);
  auto verified = try_verify(*token_hash, current, visitor);
  if (verified) return std::move(*verified);
  // Another account took the address between the look and the change.
  if (verified.error().kind == sql::FailureKind::unique_violation) {
    return fail(ErrorCode::email_in_use);
  }
  return fail(sql::to_error(verified.error()));
}

sql::Outcome<Result<EmailVerification::Verified>> EmailVerification::try_verify(
    const std::string& token_hash, const sessions::SessionPtr& current, const Visitor& visitor) {
  using Answer = Result<Verified>;
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  const TimePoint now = parts_.clock.now();
  LATCHKEY_TRY_ASSIGN(const auto found, sql::account_proofs::find(db, token_hash, now));
  if (!found || found->purpose == sql::ProofPurpose::reset_password) {
    return Answer(fail(ErrorCode::link_invalid));
  }
  LATCHKEY_TRY_ASSIGN(const auto user, sql::users::lock_by_id(db, found->user_id));
  LATCHKEY_TRY_ASSIGN(const auto proof, sql::account_proofs::consume(db, token_hash, now));
  if (!user || user->disabled() || !proof) return Answer(fail(ErrorCode::link_invalid));

  Result<Proven> proven = Proven::new_address;
  if (proof->purpose == sql::ProofPurpose::change_email) {
    LATCHKEY_TRY_ASSIGN(proven, change_address(db, *user, *proof, visitor));
    if (!proven) return Answer(fail(proven.error()));
  } else {
    const bool own = current && current->user.id == user->id;
    if (proof->email != user->email || !(own || mail_proves(*user))) {
      return Answer(fail(ErrorCode::link_invalid));
    }
    LATCHKEY_TRY_ASSIGN(proven, confirm_sign_up(db, *user, *proof, current, visitor));
  }
  LATCHKEY_TRY(transaction.commit());
  parts_.links.wake();
  parts_.sessions.forget_user(user->id);
  return Answer({.proven = *proven, .email = proof->email, .next = proof->next});
}

// A browser that holds a session of the account and reads its mail belongs to both, so nothing need
// be dropped but the sessions of others. Any other browser speaks for the address alone.
sql::Outcome<EmailVerification::Proven> EmailVerification::confirm_sign_up(
    sql::Connection& db, const sql::User& user, const sql::AccountProof& proof,
    const sessions::SessionPtr& current, const Visitor& visitor) {
  const TimePoint now = parts_.clock.now();
  if (user.email_verified()) return Proven::sign_up;  // by an administrator, meanwhile
  const bool own = current && current->user.id == user.id;
  if (own) {
    LATCHKEY_TRY_ASSIGN(const std::int64_t ended,
                        parts_.sessions.end_all(db, user.id, current->token_hash));
    LATCHKEY_TRY(parts_.webhooks.sessions_revoked(db, user.id, ended));
    LATCHKEY_TRY(sql::account_proofs::remove_all_of_user(db, user.id));
    LATCHKEY_TRY(sql::users::mark_email_verified(db, user.id, now));
  } else {
    LATCHKEY_TRY(drop_unproven(db, parts_.sessions, parts_.webhooks, user));
    LATCHKEY_TRY(sql::users::confirm_sign_up(db, user.id, proof.password_hash, proof.name, now));
  }
  LATCHKEY_TRY(
      record(db, now,
             {.action = "email.verify",
              .reason = own ? "verified: by the mailed link, in a session of the account"
                            : "verified: by the mailed link; what was there before is gone",
              .user = user.id,
              .by_user = own},
             visitor));
  return own || proof.password_hash ? Proven::sign_up : Proven::sign_up_without_password;
}

// The other links go too: they went to the former address, or would undo this.
sql::Outcome<Result<EmailVerification::Proven>> EmailVerification::change_address(
    sql::Connection& db, const sql::User& user, const sql::AccountProof& proof,
    const Visitor& visitor) {
  const auto address = Email::parse(proof.email);
  if (!address) return Result<Proven>(fail(ErrorCode::link_invalid));
  LATCHKEY_TRY_ASSIGN(const auto holder, sql::users::find_by_email(db, *address));
  if (holder && holder->id != user.id) return Result<Proven>(fail(ErrorCode::email_in_use));
  const TimePoint now = parts_.clock.now();
  LATCHKEY_TRY(sql::users::change_email(db, user.id, proof.email, now));
  LATCHKEY_TRY(sql::account_proofs::remove_all_of_user(db, user.id));
  LATCHKEY_TRY(parts_.notices.email_changed(db, user, proof.email, visitor));
  LATCHKEY_TRY(record(db, now,
                      {.action = "email.change",
                       .reason = "changed: the new address is proven by the mailed link",
                       .user = user.id,
                       .by_user = true},
                      visitor));
  return Result<Proven>(Proven::new_address);
}

FormResult<void> EmailVerification::send_again(const std::string& email, const Visitor& visitor) {
  if (!parts_.links.configured()) return fail(ErrorCode::mail_not_configured);
  LATCHKEY_TRY(take_visit(parts_.limiter, parts_.config.limits, "verify",
                          parts_.config.limits.reset_per_minute, visitor));
  const auto address = Email::parse(trim(email));
  if (!address) return field_fault("email", "Enter a valid e-mail address.");
  LATCHKEY_TRY(try_send_again(*address, visitor));
  return {};
}

// Every address costs a letter, its statements and a commit with an audit line.
sql::Outcome<void> EmailVerification::try_send_again(const Email& email, const Visitor& visitor) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const auto user, sql::users::lock_by_email(db, email));
  bool sent = false;
  if (user && !user->disabled() && !user->email_verified() && mail_proves(*user)) {
    LATCHKEY_TRY_ASSIGN(sent, send_again_in(db, *user, visitor));
  } else {
    LATCHKEY_TRY(parts_.links.pretend(db, sql::ProofPurpose::confirm_email, email, visitor));
  }
  LATCHKEY_TRY(record(db, parts_.clock.now(),
                      {.action = "email.verify_requested",
                       .reason = sent ? "mailed: the link of the sign-up"
                                      : "nothing mailed: no account waits for it, or too soon",
                       .user = user ? std::optional(user->id) : std::nullopt},
                      visitor));
  LATCHKEY_TRY(transaction.commit());
  parts_.links.wake();
  return {};
}

void EmailVerification::remind(const sql::User& user, const Visitor& visitor) {
  const auto address = Email::parse(user.email);
  if (!parts_.links.configured() || !address) return;
  if (auto sent = try_send_again(*address, visitor); !sent) {
    log::warn("email_verification.reminder_failed",
              {{"detail", sent.error().detail}, {"request_id", visitor.request_id}});
  }
}

// It must not bring the password of whoever asks: a stranger who made the account first would put
// theirs in the place of its owner's. Nor may it tell of whoever asks: the owner would take the
// stranger's sign-up for their own.
sql::Outcome<bool> EmailVerification::send_again_in(sql::Connection& db, const sql::User& user,
                                                    const Visitor& visitor) {
  LATCHKEY_TRY_ASSIGN(auto sign_up, sql::account_proofs::find_sign_up(db, user.id));
  if (sign_up && sign_up->email == user.email) {
    return parts_.links.send_again(db, user, std::move(*sign_up));
  }
  return parts_.links.send(db, user,
                           {.purpose = sql::ProofPurpose::confirm_email,
                            .recipient = user.email,
                            .password_hash = user.password_hash,
                            .name = user.name,
                            .next = {}},
                           visitor);
}

}  // namespace latchkey::broker
