// A new password by mail, for who has forgotten theirs or never had one (a social-only account gets
// its first password here). Whoever reads the mail owns the account, so a reset of an unverified
// one verifies it and drops what its maker left (SECURITY rule 13). It is open while the account is
// locked by failed logins, and ends that lock.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/email.h"
#include "base/secret.h"
#include "broker/accounts/form_result.h"
#include "broker/accounts/mailed_links.h"
#include "broker/owner_notices.h"
#include "broker/password_login.h"
#include "broker/rate_limiter.h"
#include "broker/webhooks.h"
#include "sessions/password_hasher.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

class PasswordReset {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    sessions::PasswordHasher& hasher;
    MailedLinks& links;
    OwnerNotices& notices;
    const Webhooks& webhooks;
    PasswordLogin& password_login;
    RateLimiter& limiter;
    const config::Config& config;
    const Clock& clock;
  };

  struct Renewed {
    std::string email;  // the account's address
    std::string next;   // where the visitor wanted to go, as it was stored; may be empty
  };

  explicit PasswordReset(Parts parts) : parts_(parts) {}

  // `email` as typed; `next`: where to go with the new password, as asked for. The answer does not
  // depend on whether it has an account. Faults: mail_not_configured, rate_limited,
  // validation_failed (email).
  FormResult<void> ask(const std::string& email, const std::string& next, const Visitor& visitor);
  // Sets the password and ends every session of the user. Faults: link_invalid, validation_failed
  // (password), server_busy.
  FormResult<Renewed> confirm(std::string_view token, const Secret& password,
                              const Visitor& visitor);

 private:
  sql::Outcome<void> try_ask(const Email& email, const std::string& next, const Visitor& visitor);
  // The account that the link is for, as long as the link is good.
  sql::Outcome<std::optional<sql::User>> account_of(const std::string& token_hash);
  sql::Outcome<Result<Renewed>> set_password(const std::string& token_hash, const std::string& hash,
                                             const Visitor& visitor);
  Parts parts_;
};

}  // namespace latchkey::broker
