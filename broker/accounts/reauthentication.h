// Proving once more who one is, for what asks for a recent login (DESIGN section 10). The session
// stays the same and counts as freshly authenticated.
//
//   by_password()  POST /api/reauthenticate/
//   by_identity()  the end of GET /auth/{provider}/login?intent=reauthenticate: the provider was
//                  asked for a fresh login, and who came back must be the signed-in user
#pragma once

#include <string>

#include "base/clock.h"
#include "base/secret.h"
#include "broker/admission.h"
#include "broker/password_login.h"
#include "providers/provider.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

class Reauthentication {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    PasswordLogin& password_login;
    const Clock& clock;
  };

  explicit Reauthentication(Parts parts) : parts_(parts) {}

  // Guesses count in the limits of logins. Faults: those of PasswordLogin::prove,
  // not_authenticated (the session has ended meanwhile).
  Status by_password(const sessions::LiveSession& current, const Secret& password,
                     const Visitor& visitor);

  struct Return {
    const providers::Identity& identity;
    const sessions::LiveSession& current;
    const std::string& state_hash;  // of the claimed state
    const std::string& next;
    const Visitor& visitor;
  };
  // Faults: identity_mismatch, not_authenticated.
  Status by_identity(const Return& returned);

 private:
  sql::Outcome<Status> renew(const sessions::LiveSession& current, const Visitor& visitor);
  sql::Outcome<Status> renew(const Return& returned);
  Parts parts_;
};

}  // namespace latchkey::broker
