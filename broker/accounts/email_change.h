// Asking for another address. The account keeps its address until the link that goes to the new one
// has come back (EmailVerification::verify), and the former one is told then. The answer does not
// say whether the new address has an account; that turns out at the link, which proves that the
// visitor may know.
#pragma once

#include <string>

#include "broker/accounts/email_verification.h"
#include "broker/accounts/form_result.h"
#include "broker/accounts/mailed_links.h"
#include "broker/rate_limiter.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

class EmailChange {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    MailedLinks& links;
    EmailVerification& verification;
    RateLimiter& limiter;
    const config::Config& config;
    const Clock& clock;
  };

  explicit EmailChange(Parts parts) : parts_(parts) {}

  // `email` as typed; the account's own address, unverified, has its link mailed again. Faults:
  // reauthentication_required, mail_not_configured, rate_limited, validation_failed (email).
  FormResult<void> ask(const sessions::LiveSession& current, const std::string& email,
                       const Visitor& visitor);

 private:
  sql::Outcome<FormResult<void>> try_ask(sql::UserId user, const std::string& email,
                                         const Visitor& visitor);
  Parts parts_;
};

}  // namespace latchkey::broker
