#include "broker/pending_proofs.h"

#include "base/crypto.h"
#include "base/email.h"
#include "base/encoding.h"
#include "base/try.h"
#include "broker/mail/visit_values.h"

namespace latchkey::broker {
namespace {

constexpr std::string_view kAccountExists = "account_exists";

// What a code proves: that this pending sign-in's visitor reads the mail of this address.
std::string code_context(const sql::PendingSignIn& pending, const std::string& address) {
  return std::to_string(pending.id) + ' ' + address;
}

tl::unexpected<Error> limited(std::chrono::seconds wait) {
  return fail(Error{.code = ErrorCode::rate_limited,
                    .detail = "a code was mailed a moment ago",
                    .retry_after = static_cast<int>(std::max<std::int64_t>(wait.count(), 1))});
}

// What the store answered about the visitor's pending sign-in, in one piece.
template <class T>
Result<T> settle(sql::Outcome<Result<T>> outcome) {
  if (!outcome) return fail(sql::to_error(outcome.error()));
  return std::move(*outcome);
}

// As the provider gave it when the visitor first came, before it was proven.
providers::Identity identity_of(const sql::PendingSignIn& pending) {
  providers::Identity identity{.provider = pending.provider,
                               .subject = pending.subject,
                               .email = {},
                               .name = pending.name,
                               .avatar_url = pending.avatar_url};
  if (!pending.email.empty()) {
    identity.email =
        providers::ProviderEmail{.address = pending.email, .verified = pending.email_verified};
  }
  return identity;
}

}  // namespace

std::chrono::seconds PendingProofs::resend_in(const sql::PendingSignIn& pending) const {
  const config::Limits& limits = parts_.config.limits;
  if (!pending.code || !limits.enabled) return {};
  const auto left = pending.code->sent_at + limits.mail_interval - parts_.clock.now();
  return std::chrono::ceil<std::chrono::seconds>(left);
}

bool PendingProofs::code_alive(const sql::PendingSignIn& pending) const {
  return pending.code && pending.code->expires_at > parts_.clock.now() &&
         pending.code->tries < MailedCodes::kMaxTries;
}

Result<sql::PendingSignIn> PendingProofs::find(const std::string& token) {
  auto lease = parts_.pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  auto found = sql::pending_sign_ins::find(**lease, sha256(token), parts_.clock.now());
  if (!found) return fail(sql::to_error(found.error()));
  if (!*found) return fail(ErrorCode::no_pending_sign_in);
  return std::move(**found);
}

// An account's existence has been told to this visitor only for its own address, so no other may
// take its place.
Result<std::string> PendingProofs::address_for(const sql::PendingSignIn& pending,
                                               const std::optional<std::string>& email) const {
  const auto given = Email::parse(pending.email);
  const auto wanted = email ? Email::parse(trim(*email)) : given;
  if (!wanted) return fail(ErrorCode::validation_failed, "no e-mail address");
  if (pending.reason == kAccountExists && wanted != given) {
    return fail(ErrorCode::validation_failed, "not the address of the account");
  }
  return wanted->str();
}

Result<sql::PendingSignIn> PendingProofs::send_code(const PendingVisitor& visitor,
                                                    const std::optional<std::string>& email) {
  if (!parts_.post_office.configured()) return fail(ErrorCode::mail_not_configured);
  const config::Limits& limits = parts_.config.limits;
  if (limits.enabled) {
    if (auto wait = parts_.limiter.take("pending/mail/" + limit_key_of_address(visitor.visitor.ip),
                                        {limits.reset_per_minute, std::chrono::minutes(1)})) {
      return limited(std::chrono::seconds(*wait));
    }
  }
  auto sent = settle(try_send(visitor, email));
  if (sent) parts_.post_office.wake();
  return sent;
}

sql::Outcome<Result<sql::PendingSignIn>> PendingProofs::try_send(
    const PendingVisitor& visitor, const std::optional<std::string>& email) {
  using Answer = Result<sql::PendingSignIn>;
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  const TimePoint now = parts_.clock.now();
  LATCHKEY_TRY_ASSIGN(auto found, sql::pending_sign_ins::lock(db, sha256(visitor.token), now));
  if (!found) return Answer(fail(ErrorCode::no_pending_sign_in));
  sql::PendingSignIn& pending = *found;
  const auto address = address_for(pending, email);
  if (!address) return Answer(fail(address.error()));
  if (const auto wait = resend_in(pending); wait.count() > 0) return Answer(limited(wait));

  const std::string code = codes_.draw();
  pending.code = sql::PendingCode{.email = *address,
                                  .mac = codes_.mac(code_context(pending, *address), code),
                                  .sent_at = now,
                                  .expires_at = now + MailedCodes::kLifetime};
  LATCHKEY_TRY(sql::pending_sign_ins::set_code(db, pending.id, *pending.code));
  const providers::Provider* provider = parts_.providers.find(pending.provider);
  MailValues values = visit_values(visit_of(visitor.visitor, now));
  values["code"] = code;
  values["link"] = parts_.config.server.public_url + "/auth/pending#code=" + code;
  values["provider"] = provider != nullptr ? provider->label() : pending.provider;
  LATCHKEY_TRY_ASSIGN(const bool posted,
                      parts_.post_office.post(db, {.kind = MailKind::sign_in_code,
                                                   .recipient = *address,
                                                   .user = std::nullopt,
                                                   .values = std::move(values)}));
  if (!posted) return Answer(limited(parts_.config.limits.mail_interval));
  LATCHKEY_TRY(audit(db, pending, visitor.visitor, "sign_in.code_sent",
                     "a code was mailed, to prove the address of a pending sign-in"));
  LATCHKEY_TRY(transaction.commit());
  return Answer(std::move(pending));
}

Result<PendingProofs::Confirmed> PendingProofs::confirm_code(const PendingVisitor& visitor,
                                                             const std::string& code) {
  LATCHKEY_TRY_ASSIGN(const sql::PendingSignIn pending, settle(try_code(visitor, code)));
  return admit(visitor, pending,
               {.proof = Proof::mailed_code,
                .pending_id = pending.id,
                .address = pending.code->email,
                .password_hash = std::nullopt});
}

// The try is counted whatever comes of it, before anything is compared and before anybody hears of
// it; tries that come at once wait for each other at the row.
sql::Outcome<Result<sql::PendingSignIn>> PendingProofs::try_code(const PendingVisitor& visitor,
                                                                 const std::string& code) {
  using Answer = Result<sql::PendingSignIn>;
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  const TimePoint now = parts_.clock.now();
  const std::string token_hash = sha256(visitor.token);
  LATCHKEY_TRY_ASSIGN(auto tried, sql::pending_sign_ins::count_try(*lease, token_hash, now,
                                                                   MailedCodes::kMaxTries));
  if (!tried) {
    LATCHKEY_TRY_ASSIGN(const auto found, sql::pending_sign_ins::find(*lease, token_hash, now));
    return Answer(fail(found ? ErrorCode::code_expired : ErrorCode::no_pending_sign_in));
  }
  if (codes_.matches(tried->code->mac, code_context(*tried, tried->code->email), code)) {
    return Answer(std::move(*tried));
  }
  LATCHKEY_TRY(audit(*lease, *tried, visitor.visitor, "sign_in.code_refused",
                     "refused: the code for a pending sign-in is wrong"));
  return Answer(fail(ErrorCode::code_invalid));
}

Result<PendingProofs::Confirmed> PendingProofs::confirm_password(const PendingVisitor& visitor,
                                                                 const Secret& password) {
  LATCHKEY_TRY_ASSIGN(const sql::PendingSignIn pending, find(visitor.token));
  if (pending.reason != kAccountExists) {
    return fail(ErrorCode::validation_failed, "a password proves nothing here");
  }
  LATCHKEY_TRY_ASSIGN(const sql::User user,
                      parts_.password_login.prove({.email = pending.email,
                                                   .password = password,
                                                   .remember = false,
                                                   .current = {},
                                                   .visitor = visitor.visitor}));
  return admit(visitor, pending,
               {.proof = Proof::password,
                .pending_id = pending.id,
                .address = user.email,
                .password_hash = user.password_hash});
}

Result<PendingProofs::Confirmed> PendingProofs::admit(const PendingVisitor& visitor,
                                                      const sql::PendingSignIn& pending,
                                                      ProvenSignIn proven) {
  LATCHKEY_TRY_ASSIGN(Admission admission, parts_.desk.admit({.identity = identity_of(pending),
                                                              .intent = Intent::sign_in,
                                                              .current = visitor.current,
                                                              .state_hash = {},
                                                              .next = pending.next,
                                                              .visitor = visitor.visitor,
                                                              .proven = std::move(proven)}));
  return Confirmed{.signed_in = std::get<SignedIn>(std::move(admission.outcome)),
                   .next = pending.next};
}

sql::Outcome<void> PendingProofs::audit(sql::Connection& db, const sql::PendingSignIn& pending,
                                        const Visitor& visitor, std::string_view action,
                                        std::string_view reason) const {
  return sql::audit_events::insert(db, {.at = parts_.clock.now(),
                                        .action = std::string(action),
                                        .user_id = std::nullopt,
                                        .actor_id = std::nullopt,
                                        .provider = pending.provider,
                                        .subject = pending.subject,
                                        .reason = std::string(reason),
                                        .ip = visitor.ip,
                                        .request_id = visitor.request_id,
                                        .details = {}});
}

}  // namespace latchkey::broker
