// A new password for who is signed in. The old one is asked for, and guessed at within the limits
// of logins; who has none needs a recent login. Every other session ends, and this one goes on
// under a new token, so that neither a stolen cookie nor a mailed link outlives the change.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/secret.h"
#include "broker/accounts/form_result.h"
#include "broker/owner_notices.h"
#include "broker/password_login.h"
#include "broker/webhooks.h"
#include "sessions/password_hasher.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

struct PasswordChangeRequest {
  sessions::SessionPtr current;  // never null
  std::optional<Secret> current_password;
  Secret new_password;
  Visitor visitor;
};

class PasswordChange {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    sessions::PasswordHasher& hasher;
    PasswordLogin& password_login;
    OwnerNotices& notices;
    const Webhooks& webhooks;
    const config::Config& config;
    const Clock& clock;
  };

  explicit PasswordChange(Parts parts) : parts_(parts) {}

  // The session that takes the place of the present one. Faults: validation_failed (new_password,
  // current_password), invalid_credentials, rate_limited, reauthentication_required,
  // not_authenticated (the session or the password has gone meanwhile), server_busy.
  FormResult<sessions::IssuedSession> change(const PasswordChangeRequest& request);

 private:
  // The hash that is to be replaced, nullopt for a first password; proven to be the visitor's.
  FormResult<std::optional<std::string>> proven_hash(const PasswordChangeRequest& request);
  sql::Outcome<Result<sessions::IssuedSession>> replace(const PasswordChangeRequest& request,
                                                        const std::optional<std::string>& from,
                                                        const std::string& to);
  Parts parts_;
};

}  // namespace latchkey::broker
