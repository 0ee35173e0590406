#include "broker/password_login.h"

#include "base/email.h"
#include "base/encoding.h"
#include "base/try.h"
#include "broker/device_name.h"
#include "broker/owner_notices.h"
#include "sql/signins.h"
#include "sql/users.h"

namespace latchkey::broker {
namespace {

std::string attempts_key(const Visitor& visitor) {
  return "login/attempts/" + limit_key_of_address(visitor.ip);
}
std::string failures_key(const Visitor& visitor) {
  return "login/failures/" + limit_key_of_address(visitor.ip);
}
// As typed, known or not: a limit that only known accounts have would tell which are known.
std::string account_key(const std::string& email) {
  return "login/account/" + ascii_lower(trim(email)).substr(0, 254);
}

}  // namespace

Result<SignedIn> PasswordLogin::login(const PasswordLoginRequest& request) {
  LATCHKEY_TRY_ASSIGN(sql::User user, prove(request));
  renew_hash(request.password, user);
  auto entered = enter(request, user);
  if (!entered) return fail(sql::to_error(entered.error()));
  return std::move(*entered);
}

Result<sql::User> PasswordLogin::prove(const PasswordLoginRequest& request) {
  LATCHKEY_TRY(check_limits(request));
  auto user = authenticate(request);
  // Only a wrong guess counts as a failure: not a full queue, nor a database that is away.
  if (user || user.error().code != ErrorCode::invalid_credentials) forgive(request);
  return user;
}

// Failures are counted before the password is checked, and taken back if it was right: otherwise
// twenty guesses sent at once would all pass.
Status PasswordLogin::check_limits(const PasswordLoginRequest& request) {
  const config::Limits& limits = parts_.config.limits;
  if (!limits.enabled) return {};
  const std::chrono::seconds minute{60};
  RateLimiter& limiter = parts_.limiter;
  const auto limited = [](int seconds) {
    return tl::unexpected(
        Error{.code = ErrorCode::rate_limited, .detail = {}, .retry_after = seconds});
  };
  if (auto wait = limiter.take(attempts_key(request.visitor), {limits.login_per_minute, minute})) {
    return limited(*wait);
  }
  if (auto wait =
          limiter.take(failures_key(request.visitor), {limits.login_failures_per_minute, minute})) {
    return limited(*wait);
  }
  if (auto wait = limiter.take(account_key(request.email),
                               {limits.account_failures, limits.account_window})) {
    limiter.give_back(failures_key(request.visitor));
    return limited(*wait);
  }
  return {};
}

void PasswordLogin::forgive(const PasswordLoginRequest& request) {
  parts_.limiter.give_back(failures_key(request.visitor));
  parts_.limiter.give_back(account_key(request.email));
}

Result<sql::User> PasswordLogin::authenticate(const PasswordLoginRequest& request) {
  std::optional<sql::User> user;
  if (const auto email = Email::parse(trim(request.email))) {
    auto lease = parts_.pool.acquire();
    if (!lease) return fail(sql::to_error(lease.error()));
    auto found = sql::users::find_by_email(**lease, *email);
    if (!found) return fail(sql::to_error(found.error()));
    user = std::move(*found);
  }
  const std::string encoded = user ? user->password_hash.value_or("") : "";
  LATCHKEY_TRY_ASSIGN(const bool right, parts_.hasher.verify(request.password, encoded));
  if (!right || !user || user->disabled()) return fail(ErrorCode::invalid_credentials);
  if (!user->email_verified() &&
      parts_.config.accounts.email_verification == config::EmailVerification::mandatory) {
    parts_.verification.remind(*user, request.visitor);
    return fail(ErrorCode::email_not_verified);
  }
  return std::move(*user);
}

// Best effort: a full queue or a database that is away is no reason to refuse who is right. If the
// hash is another by now, a login beside this one has renewed it, and the password still fits, or
// the password was changed, and enter() refuses.
void PasswordLogin::renew_hash(const Secret& password, sql::User& user) {
  const std::string former = user.password_hash.value_or("");
  if (!sessions::PasswordHasher::needs_rehash(former)) return;
  auto hash = parts_.hasher.hash(password);
  if (!hash) return;
  std::optional<sql::User> other;
  {
    auto lease = parts_.pool.acquire();
    if (!lease) return;
    const auto replaced = sql::users::replace_password_hash(**lease, user.id, former, *hash);
    if (!replaced) return;
    if (*replaced) {
      user.password_hash = std::move(*hash);
      return;
    }
    auto found = sql::users::find_by_id(**lease, user.id);
    if (!found || !*found) return;
    other = std::move(*found);
  }
  const auto fits = parts_.hasher.verify(password, other->password_hash.value_or(""));
  if (fits && *fits) user.password_hash = std::move(other->password_hash);
}

void PasswordLogin::unlock(const std::string& email) { parts_.limiter.forget(account_key(email)); }

// The row is read again under its lock: the password may have been changed, or the account
// disabled, while the hash was computed.
sql::Outcome<Result<SignedIn>> PasswordLogin::enter(const PasswordLoginRequest& request,
                                                    const sql::User& proven) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(std::optional<sql::User> user, sql::users::lock_by_id(db, proven.id));
  if (!user || user->disabled() || user->password_hash != proven.password_hash) {
    return Result<SignedIn>(fail(ErrorCode::invalid_credentials));
  }
  const TimePoint now = parts_.clock.now();
  LATCHKEY_TRY_ASSIGN(const bool noticed, parts_.notices.signed_in(db, *user, request.visitor));
  LATCHKEY_TRY(sql::users::record_login(db, user->id, now, "", ""));
  if (request.current) LATCHKEY_TRY(parts_.sessions.end_in(db, request.current->token_hash));
  LATCHKEY_TRY_ASSIGN(sessions::IssuedSession session,
                      parts_.sessions.issue(db, {.user_id = user->id,
                                                 .method = "password",
                                                 .remember = request.remember,
                                                 .ip = request.visitor.ip,
                                                 .user_agent = request.visitor.user_agent}));
  LATCHKEY_TRY(
      sql::audit_events::insert(db, {.at = now,
                                     .action = "sign_in",
                                     .user_id = user->id,
                                     .actor_id = user->id,
                                     .provider = {},
                                     .subject = {},
                                     .reason = "signed in: the password is right",
                                     .ip = request.visitor.ip,
                                     .request_id = request.visitor.request_id,
                                     .details = device_details(request.visitor.user_agent)}));
  LATCHKEY_TRY(transaction.commit());
  if (noticed) parts_.notices.wake();
  if (request.current) parts_.sessions.forget_session(request.current->token_hash);
  return Result<SignedIn>(SignedIn{.user = std::move(*user), .session = std::move(session)});
}

}  // namespace latchkey::broker
