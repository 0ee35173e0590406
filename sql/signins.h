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

// The newest code that was mailed for a pending sign-in.
struct PendingCode {
  std::string email;  // Email::str() of the address it was mailed to, which is what it proves
  std::string mac;    // 32 bytes
  TimePoint sent_at;
  TimePoint expires_at;
  std::int64_t tries = 0;
};

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
  std::optional<PendingCode> code;
};

namespace pending_sign_ins {

// `token_hash`: SHA-256 of the token in the browser's cookie.
Outcome<std::int64_t> insert(Connection&, const std::string& token_hash,
                             const PendingSignIn& pending);
Outcome<std::optional<PendingSignIn>> find(Connection&, const std::string& token_hash,
                                           TimePoint now);
// The same, holding the row until the transaction ends.
Outcome<std::optional<PendingSignIn>> lock(Connection&, const std::string& token_hash,
                                           TimePoint now);
// Replaces whatever code there was.
Outcome<void> set_code(Connection&, std::int64_t id, const PendingCode& code);
// Counts one more try at the code, if it is alive and has been tried fewer than `max_tries` times:
// however many come at once, no more than that see an answer. nullopt otherwise.
Outcome<std::optional<PendingSignIn>> count_try(Connection&, const std::string& token_hash,
                                                TimePoint now, int max_tries);
// Answers whether it was there: of two that end one pending sign-in, one sees true.
Outcome<bool> remove(Connection&, std::int64_t id);
// Pending sign-ins that came with this address or have asked for a code to it, dropped when its
// true owner takes the account over.
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

// What the user's latest events say of where a visitor comes from. Only events whose details name a
// "device" count.
struct Familiarity {
  bool any = false;      // there are such events
  bool device = false;   // one names this device
  bool network = false;  // one came from the same /16 (IPv6: /32) network; true without an address
};
Outcome<Familiarity> familiarity(Connection&, UserId user, const std::string& device,
                                 const std::string& ip);

}  // namespace audit_events
}  // namespace latchkey::sql
