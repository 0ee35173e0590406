// What a sign-in leaves behind besides users and sessions: claimed states (each state is good for
// one exchange), pending sign-ins, and the audit log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::sql {

namespace claimed_states {

// Claims the state: true exactly once per hash, however many ask at the same time.
Outcome<bool> claim(Connection&, const std::string& state_hash, TimePoint now,
                    TimePoint expires_at);
// Remembers which session the claimed state led to, so that the browser that won can repeat.
Outcome<void> record_session(Connection&, const std::string& state_hash,
                             const std::string& session_token_hash, const std::string& next);
struct Completed {
  std::string session_token_hash;
  std::string next;
};
// nullopt: never claimed, or the sign-in did not end in a session.
Outcome<std::optional<Completed>> find_completed(Connection&, const std::string& state_hash);
Outcome<std::int64_t> sweep(Connection&, TimePoint now, int limit);

}  // namespace claimed_states

struct PendingSignIn {
  std::int64_t id = 0;
  std::string provider;
  std::string subject;
  std::string email;  // as the provider gave it; empty when it gave none
  bool email_verified = false;
  std::string name;
  std::string avatar_url;
  std::string reason;  // "email_missing", "email_unverified" or "account_exists"
  std::string next;
  TimePoint created_at;
  TimePoint expires_at;
};

namespace pending_sign_ins {

// `token_hash`: SHA-256 of the token in the browser's cookie.
Outcome<std::int64_t> insert(Connection&, const std::string& token_hash,
                             const PendingSignIn& pending);
Outcome<std::optional<PendingSignIn>> find(Connection&, const std::string& token_hash,
                                           TimePoint now);
// Pending sign-ins that name this address, dropped when its true owner takes the account over.
Outcome<void> remove_by_email(Connection&, const std::string& email);
Outcome<std::int64_t> sweep(Connection&, TimePoint now, int limit);

}  // namespace pending_sign_ins

struct AuditEvent {
  TimePoint at;
  std::string action;              // "sign_in", "user.create", "identity.link", …
  std::optional<UserId> user_id;   // whom it concerns
  std::optional<UserId> actor_id;  // who did it; empty: the visitor or the system
  std::string provider;
  std::string subject;
  std::string reason;  // a sentence
  std::string ip;
  std::string request_id;
  std::string details;     // JSON object, may be empty; without \u0000, which jsonb refuses
  std::string actor = {};  // who did it, as a name; empty: the visitor or the system
};

namespace audit_events {

Outcome<void> insert(Connection&, const AuditEvent& event);

}  // namespace audit_events
}  // namespace latchkey::sql
