// Signing up with an address and a password. The answer is the same whether or not the address has
// an account here; its owner learns the rest by mail (SECURITY rule 14):
//
//   unknown              a user with that password is made, unverified; a link to prove the address
//   known, verified      nothing changes; a mail that says so
//   known, unverified    nothing changes; a link that, when it proves the address, brings the new
//                        password and drops what the former sign-up left (rule 13)
//   disabled             nothing
//
// Whatever the address is, one hash is computed, one letter written, and one transaction committed.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "broker/accounts/form_result.h"
#include "broker/accounts/mailed_links.h"
#include "broker/rate_limiter.h"
#include "broker/webhooks.h"
#include "config/config.h"
#include "sessions/password_hasher.h"
#include "sql/pool.h"

namespace latchkey::broker {

struct SignupRequest {
  std::string email;  // as typed
  Secret password;
  std::string name;
  std::string next;  // where to go once the address is proven, as asked for
  Visitor visitor;
};

class Signup {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::PasswordHasher& hasher;
    MailedLinks& links;
    const Webhooks& webhooks;
    RateLimiter& limiter;
    const config::Config& config;
    const Clock& clock;
  };

  explicit Signup(Parts parts) : parts_(parts) {}

  // Faults: signup_disabled, mail_not_configured, rate_limited, validation_failed (email,
  // password, name), server_busy, store_unavailable.
  FormResult<void> sign_up(const SignupRequest& request);

 private:
  struct Applicant;
  sql::Outcome<void> admit(const Applicant& applicant);
  sql::Outcome<void> make_user(sql::Connection& db, const Applicant& applicant);
  sql::Outcome<void> meet_user(sql::Connection& db, const Applicant& applicant,
                               const sql::User& user);
  sql::Outcome<bool> send_link(sql::Connection& db, const Applicant& applicant,
                               const sql::User& user);
  sql::Outcome<void> sign_up_again(sql::Connection& db, const Applicant& applicant,
                                   const sql::User& user);

  Parts parts_;
};

}  // namespace latchkey::broker
