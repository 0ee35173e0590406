// The links that prove an address: of a sign-up, and of a new address for an account. A link opens
// a page; verify() is that page's POST. The user's row is locked before the link is used up, so of
// a confirmation, a change of address and a reset that meet, one comes first and the others see it.
//
// Proving does not sign in: whoever forwards a mail does not give a session away.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/email.h"
#include "broker/accounts/form_result.h"
#include "broker/accounts/mailed_links.h"
#include "broker/owner_notices.h"
#include "broker/rate_limiter.h"
#include "broker/webhooks.h"
#include "config/config.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

class EmailVerification {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    MailedLinks& links;
    OwnerNotices& notices;
    const Webhooks& webhooks;
    RateLimiter& limiter;
    const config::Config& config;
    const Clock& clock;
  };
  enum class Proven {
    sign_up,                   // the account is verified
    sign_up_without_password,  // and its owner has still to choose a password, by a reset
    new_address,               // it is the account's from now on
  };
  struct Verified {
    Proven proven;
    std::string email;  // the address
    std::string next;   // where the visitor wanted to go, as it was stored; may be empty
  };

  explicit EmailVerification(Parts parts) : parts_(parts) {}

  // `current`: the session of the browser that opened the link. Faults: link_invalid, email_in_use
  // (a new address that has an account; the link stays good).
  Result<Verified> verify(std::string_view token, const sessions::SessionPtr& current,
                          const Visitor& visitor);

  // Mails the link of a sign-up again, if the address, as typed, waits for one; tells nobody
  // whether it does. It brings what the newest sign-up would have brought. Faults:
  // mail_not_configured, rate_limited, validation_failed (email).
  FormResult<void> send_again(const std::string& email, const Visitor& visitor);
  // The same for an account whose password has just been given; its visitor has passed the limits
  // of logins. Quietly does nothing when it cannot.
  void remind(const sql::User& user, const Visitor& visitor);
  // The same through the caller's connection, with the user's row locked. False: held back.
  sql::Outcome<bool> send_again_in(sql::Connection& db, const sql::User& user,
                                   const Visitor& visitor);

 private:
  sql::Outcome<void> try_send_again(const Email& email, const Visitor& visitor);
  sql::Outcome<Result<Verified>> try_verify(const std::string& token_hash,
                                            const sessions::SessionPtr& current,
                                            const Visitor& visitor);
  sql::Outcome<Proven> confirm_sign_up(sql::Connection& db, const sql::User& user,
                                       const sql::AccountProof& proof,
                                       const sessions::SessionPtr& current, const Visitor& visitor);
  sql::Outcome<Result<Proven>> change_address(sql::Connection& db, const sql::User& user,
                                              const sql::AccountProof& proof,
                                              const Visitor& visitor);

  Parts parts_;
};

}  // namespace latchkey::broker
