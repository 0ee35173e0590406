// The password way in. It ends in the same session as a social sign-in, and answers the same for
// unknown, social-only and disabled accounts, in words and in work (SECURITY rule 14).
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "broker/accounts/email_verification.h"
#include "broker/admission.h"
#include "broker/rate_limiter.h"
#include "config/config.h"
#include "sessions/password_hasher.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

struct PasswordLoginRequest {
  std::string email;  // as typed
  Secret password;
  bool remember = false;
  sessions::SessionPtr current;
  Visitor visitor;
};

class PasswordLogin {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    sessions::PasswordHasher& hasher;
    OwnerNotices& notices;
    EmailVerification& verification;
    RateLimiter& limiter;
    const config::Config& config;
    const Clock& clock;
  };

  explicit PasswordLogin(Parts parts) : parts_(parts) {}

  // An account that waits for its address to be proven is mailed the link again; a hash that new
  // ones are not made like any more is replaced. Faults: invalid_credentials, rate_limited (with
  // retry_after), email_not_verified (only after the right password), validation_failed for an
  // overlong password, server_busy, store_unavailable.
  Result<SignedIn> login(const PasswordLoginRequest& request);
  // The user whose password this is, and no sign-in: for a password that proves something else.
  // Counts in the same limits, and has the same faults.
  Result<sql::User> prove(const PasswordLoginRequest& request);
  // Ends the lock that failures have put on the account of that address.
  void unlock(const std::string& email);

 private:
  [[nodiscard]] Status check_limits(const PasswordLoginRequest& request);
  void forgive(const PasswordLoginRequest& request);
  Result<sql::User> authenticate(const PasswordLoginRequest& request);
  void renew_hash(const Secret& password, sql::User& user);
  sql::Outcome<Result<SignedIn>> enter(const PasswordLoginRequest& request,
                                       const sql::User& proven);

  Parts parts_;
};

}  // namespace latchkey::broker
