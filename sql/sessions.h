// The sessions table. It holds the SHA-256 of each token, never the token. Writers here are used by
// the sessions room only; everything else asks SessionService.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sql/connection.h"
#include "sql/identities.h"
#include "sql/users.h"

namespace latchkey::sql {

struct SessionRow {
  std::int64_t id = 0;
  UserId user_id = 0;
  TimePoint created_at;
  TimePoint authenticated_at;  // last proof of identity; a recent login counts from here
  TimePoint last_seen_at;
  TimePoint expires_at;  // absolute
  bool remember = false;
  std::string method;      // "password" or the provider's id
  std::string ip;          // textual address or empty
  std::string user_agent;  // cut to 400 bytes
};

struct NewSession {
  std::string token_hash;  // 32 bytes
  UserId user_id = 0;
  TimePoint created_at;
  TimePoint expires_at;
  // When it lapses if it is never seen again, so that the sweeper does not look at it before.
  // Unset: the next sweep looks, and works it out.
  TimePoint idle_expires_at{};
  bool remember = false;
  std::string method;
  std::string ip;
  std::string user_agent;  // of any length and bytes; what is stored is cut and cleaned
};

// What a session check answers: the session, its user and the user's identities, read together.
struct SessionWithUser {
  std::string token_hash;
  SessionRow session;
  User user;
  std::vector<IdentityRow> identities;  // oldest first
};

namespace sessions {

Outcome<std::int64_t> insert(Connection&, const NewSession& session);
// Live rows only: expires_at and last_seen_at + idle are after `now`, and the user is not disabled.
Outcome<std::vector<SessionWithUser>> find(Connection&,
                                           const std::vector<std::string>& token_hashes,
                                           TimePoint now, Duration idle);
// The user's live sessions, newest first.
Outcome<std::vector<SessionRow>> list_of_user(Connection&, UserId user, TimePoint now,
                                              Duration idle);
// Answers whether the user had one with that id.
Outcome<bool> remove_of_user(Connection&, UserId user, std::int64_t id);
// Answers whether there was one.
Outcome<bool> remove_by_hash(Connection&, const std::string& token_hash);
// All of the user's, but for the one with `except_hash` when not empty. Answers how many.
Outcome<std::int64_t> remove_all_of_user(Connection&, UserId user, const std::string& except_hash);
// Sets last_seen_at of many sessions in one statement, never backwards.
Outcome<void> touch(Connection&, const std::vector<std::int64_t>& ids,
                    const std::vector<TimePoint>& seen_at);
// Deletes at most `limit` rows past either expiry; answers how many.
Outcome<std::int64_t> sweep(Connection&, TimePoint now, Duration idle, int limit);

}  // namespace sessions
}  // namespace latchkey::sql
