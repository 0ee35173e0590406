// Carries the link policy's decision out: reads what the policy asks for, decides, and writes
// users, identities, the session and the audit log in one transaction. On a unique violation
// (somebody else was first) it rolls back and decides again (SECURITY rule 2).
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/random.h"
#include "broker/link_policy.h"
#include "broker/webhooks.h"
#include "config/config.h"
#include "providers/provider.h"
#include "sessions/session_service.h"
#include "sql/pool.h"
#include "sql/signins.h"

namespace latchkey::broker {

// Where a request comes from, for sessions and the audit log.
struct Visitor {
  std::string ip;
  std::string user_agent;
  std::string request_id;
};

class OwnerNotices;

// What ends a pending sign-in: the proof, and what it was checked against.
struct ProvenSignIn {
  Proof proof = Proof::none;
  std::int64_t pending_id = 0;               // consumed by the admission
  std::string address;                       // Email::str(): proven, or of the proven account
  std::optional<std::string> password_hash;  // that the password matched
};

struct AdmissionRequest {
  providers::Identity identity;
  Intent intent = Intent::sign_in;
  sessions::SessionPtr current;  // the browser's session, if it has one
  std::string state_hash;        // of the claimed state; empty for a proof
  std::string next;
  Visitor visitor;
  std::optional<ProvenSignIn> proven = {};
};

struct SignedIn {
  sql::User user;
  sessions::IssuedSession session;
};
struct Connected {
  sql::User user;
};
struct Pending {
  std::string token;  // for the browser's cookie
  sql::PendingSignIn pending;
};

struct Admission {
  LinkDecision decision;
  std::variant<SignedIn, Connected, Pending> outcome;
};

// What the link policy would decide, and what of the database it was asked with.
struct Explanation {
  LinkDecision decision;
  EmailStanding email;
  std::optional<sql::User> owner;    // of the identity, if it is known
  std::optional<sql::User> account;  // with the provider's e-mail, if that was consulted
};

class AdmissionDesk {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    OwnerNotices& notices;
    const Webhooks& webhooks;
    const config::Config& config;
    const Clock& clock;
    Random& random;
  };
  static constexpr std::chrono::minutes kPendingLifetime{30};

  explicit AdmissionDesk(Parts parts) : parts_(parts) {}

  // Faults: the refusals of the policy, store_unavailable, internal_error; with a proof also
  // no_pending_sign_in (it has ended meanwhile) and invalid_credentials (the password has changed).
  Result<Admission> admit(const AdmissionRequest& request);

  // What admit() would decide of a sign-in with that identity now; nothing is written.
  Result<Explanation> explain(const providers::Identity& identity);

 private:
  struct Attempt;
  void forget_what_changed(const AdmissionRequest& request, const Attempt& attempt);
  sql::Outcome<Result<Admission>> try_once(const AdmissionRequest& request);
  sql::Outcome<Explanation> try_explain(const AdmissionRequest& request);

  Parts parts_;
};

}  // namespace latchkey::broker
