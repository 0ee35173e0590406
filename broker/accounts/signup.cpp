#include "broker/accounts/signup.h"

#include "base/email.h"
#include "base/encoding.h"
#include "base/try.h"
#include "broker/accounts/account_trail.h"
#include "broker/accounts/unproven_account.h"
#include "broker/accounts/visit_limit.h"
#include "broker/device_name.h"
#include "broker/password_rules.h"
#include "broker/person_name.h"
#include "sql/text.h"
#include "sql/users.h"

namespace latchkey::broker {
namespace {

constexpr std::string_view kAction = "user.sign_up";
// Losing the race for an address twice is rare; more is a bug.
constexpr int kMaxAttempts = 3;

bool same_visitor(const sql::AccountProof& sign_up, const Visitor& visitor) {
  return sign_up.ip == sql::inet_text(visitor.ip).value_or("") &&
         sign_up.device == device_name(visitor.user_agent);
}

}  // namespace

// Who signs up, once the form is in order.
struct Signup::Applicant {
  Email email;
  std::string password_hash;
  const SignupRequest& request;
};

FormResult<void> Signup::sign_up(const SignupRequest& request) {
  const config::Config& config = parts_.config;
  if (!config.accounts.signup) return fail(ErrorCode::signup_disabled);
  if (!parts_.links.configured()) return fail(ErrorCode::mail_not_configured);
  LATCHKEY_TRY(take_visit(parts_.limiter, config.limits, "signup", config.limits.signup_per_minute,
                          request.visitor));
  const auto email = Email::parse(trim(request.email));
  if (!email) return field_fault("email", "Enter a valid e-mail address.");
  if (auto fault = password_fault(request.password.reveal(), config.accounts, email->str())) {
    return field_fault("password", std::move(*fault));
  }
  if (auto fault = name_fault(request.name)) return field_fault("name", std::move(*fault));
  LATCHKEY_TRY_ASSIGN(std::string hash, parts_.hasher.hash(request.password));
  const Applicant applicant{.email = *email, .password_hash = std::move(hash), .request = request};
  for (int attempt = 1;; ++attempt) {
    auto done = admit(applicant);
    if (done) return {};
    // Somebody took the address meanwhile, so this is a sign-up for a known one.
    const bool taken = done.error().kind == sql::FailureKind::unique_violation;
    if (!taken || attempt == kMaxAttempts) return fail(sql::to_error(done.error()));
  }
}

sql::Outcome<void> Signup::admit(const Applicant& applicant) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const std::optional<sql::User> user,
                      sql::users::lock_by_email(db, applicant.email));
  LATCHKEY_TRY(user ? meet_user(db, applicant, *user) : make_user(db, applicant));
  LATCHKEY_TRY(transaction.commit());
  parts_.links.wake();
  return {};
}

sql::Outcome<void> Signup::make_user(sql::Connection& db, const Applicant& applicant) {
  const Visitor& visitor = applicant.request.visitor;
  LATCHKEY_TRY_ASSIGN(const sql::User user,
                      sql::users::insert(db, {.email = applicant.email.str(),
                                              .email_verified_at = std::nullopt,
                                              .password_hash = applicant.password_hash,
                                              .name = applicant.request.name,
                                              .avatar_url = {},
                                              .created_at = parts_.clock.now()}));
  LATCHKEY_TRY(parts_.webhooks.user_created(db, user));
  LATCHKEY_TRY(send_link(db, applicant, user));
  return record(db, parts_.clock.now(),
                {.action = "user.create",
                 .reason = "created: signed up with a password, address not proven yet",
                 .user = user.id},
                visitor);
}

sql::Outcome<bool> Signup::send_link(sql::Connection& db, const Applicant& applicant,
                                     const sql::User& user) {
  return parts_.links.send(db, user,
                           {.purpose = sql::ProofPurpose::confirm_email,
                            .recipient = user.email,
                            .password_hash = applicant.password_hash,
                            .name = applicant.request.name,
                            .next = applicant.request.next},
                           applicant.request.visitor);
}

sql::Outcome<void> Signup::meet_user(sql::Connection& db, const Applicant& applicant,
                                     const sql::User& user) {
  const Visitor& visitor = applicant.request.visitor;
  const TimePoint now = parts_.clock.now();
  if (user.disabled()) {
    LATCHKEY_TRY(
        parts_.links.pretend(db, sql::ProofPurpose::confirm_email, applicant.email, visitor));
    return record(db, now,
                  {.action = kAction,
                   .reason = "nothing done: the account of this address is disabled",
                   .user = user.id},
                  visitor);
  }
  if (!user.email_verified() && mail_proves(user)) return sign_up_again(db, applicant, user);
  LATCHKEY_TRY(parts_.links.send_signup_existing(db, user, visitor));
  return record(
      db, now,
      {.action = kAction, .reason = "nothing done: the address has an account", .user = user.id},
      visitor);
}

// The account was never proven to be anybody's, so its password counts for no more than this one.
// What the link brings is the newest sign-up's; but when the mail is held back, the link that the
// owner has already is not this visitor's, and the owner cannot tell. Unless both came from one
// address and device (a form that was sent twice), that link then brings no password at all.
sql::Outcome<void> Signup::sign_up_again(sql::Connection& db, const Applicant& applicant,
                                         const sql::User& user) {
  const Visitor& visitor = applicant.request.visitor;
  LATCHKEY_TRY_ASSIGN(const auto former, sql::account_proofs::find_sign_up(db, user.id));
  LATCHKEY_TRY_ASSIGN(const bool sent, send_link(db, applicant, user));
  if (!sent && former && !same_visitor(*former, visitor)) {
    LATCHKEY_TRY(sql::account_proofs::forget_password(db, user.id));
  }
  return record(db, parts_.clock.now(),
                {.action = kAction,
                 .reason = sent ? "mailed: the address is not proven, the newest link will decide"
                                : "nothing mailed: a link went to the address a moment ago",
                 .user = user.id},
                visitor);
}

}  // namespace latchkey::broker
