// The way on from a pending sign-in (DESIGN sections 5 and 6): the provider has said who the
// visitor is, and a proof of the address or of the account is missing. The visitor asks for a code
// by mail and types it, or gives the account's password; then the admission desk decides again,
// with the proof.
//
//   send_code()         mails a code to the address; at most one in limits.mail_interval
//   confirm_code()      counts the try first, then compares: five tries, however many come at once
//   confirm_password()  within the limits of logins; only for reason account_exists
//
// Everything asks for the token of the pending cookie, so a code is worth nothing in another
// browser. Until the proof, no answer depends on whether the address has an account here.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "broker/admission.h"
#include "broker/mail/post_office.h"
#include "broker/mailed_code.h"
#include "broker/password_login.h"
#include "broker/rate_limiter.h"
#include "providers/registry.h"

namespace latchkey::broker {

// The visitor of a pending sign-in.
struct PendingVisitor {
  std::string token;             // of the pending cookie
  sessions::SessionPtr current;  // the browser's session, if it has one
  Visitor visitor;
};

class PendingProofs {
 public:
  struct Parts {
    sql::Pool& pool;
    AdmissionDesk& desk;
    PasswordLogin& password_login;
    PostOffice& post_office;
    const providers::Registry& providers;
    RateLimiter& limiter;
    const config::Config& config;
    const Clock& clock;
    const Keyring& keyring;
    Random& random;
  };

  explicit PendingProofs(Parts parts)
      : parts_(parts), codes_(parts.keyring, "pending sign-in code", parts.random) {}

  // All of them: no_pending_sign_in, store_unavailable.
  Result<sql::PendingSignIn> find(const std::string& token);
  // `email` as typed; without it, to the address that the provider gave. The answer has the new
  // code's data. Faults: validation_failed (no such address, or not the account's own),
  // rate_limited, mail_not_configured.
  Result<sql::PendingSignIn> send_code(const PendingVisitor& visitor,
                                       const std::optional<std::string>& email);
  struct Confirmed {
    SignedIn signed_in;
    std::string next;  // as it was stored
  };
  // Faults: code_invalid, code_expired, the refusals of the policy.
  Result<Confirmed> confirm_code(const PendingVisitor& visitor, const std::string& code);
  // Faults: those of PasswordLogin, the refusals of the policy, validation_failed when a password
  // proves nothing here.
  Result<Confirmed> confirm_password(const PendingVisitor& visitor, const Secret& password);

  // How long until another code may be asked for; not positive: now.
  [[nodiscard]] std::chrono::seconds resend_in(const sql::PendingSignIn& pending) const;
  // Whether the newest code still works.
  [[nodiscard]] bool code_alive(const sql::PendingSignIn& pending) const;

 private:
  Result<std::string> address_for(const sql::PendingSignIn& pending,
                                  const std::optional<std::string>& email) const;
  sql::Outcome<Result<sql::PendingSignIn>> try_send(const PendingVisitor& visitor,
                                                    const std::optional<std::string>& email);
  sql::Outcome<Result<sql::PendingSignIn>> try_code(const PendingVisitor& visitor,
                                                    const std::string& code);
  sql::Outcome<void> audit(sql::Connection& db, const sql::PendingSignIn& pending,
                           const Visitor& visitor, std::string_view action,
                           std::string_view reason) const;
  Result<Confirmed> admit(const PendingVisitor& visitor, const sql::PendingSignIn& pending,
                          ProvenSignIn proven);

  Parts parts_;
  MailedCodes codes_;
};

}  // namespace latchkey::broker
