// Sessions: issued at every login, whichever way in, checked on every request, ended at log-out.
// The cookie holds a random token of 256 bits; the database holds its SHA-256. A check never
// writes: what it saw is written later, in batches, by flush_seen(). Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "config/config.h"
#include "sessions/seen_sessions.h"
#include "sessions/session_lookup.h"
#include "sql/pool.h"

namespace latchkey::sessions {

struct IssueRequest {
  sql::UserId user_id = 0;
  std::string method;  // "password" or the provider's id
  bool remember = false;
  std::string ip;          // textual address or empty
  std::string user_agent;  // as the browser sent it; the store cuts and cleans it
};

// What the route turns into a cookie.
struct IssuedSession {
  std::string token;       // 43 characters of base64url
  std::string token_hash;  // raw SHA-256
  TimePoint expires_at;    // absolute
  bool remember = false;   // false: a browser-session cookie without Max-Age
};

class SessionService {
 public:
  // All outlive the service, and the service outlives its look-ups.
  SessionService(sql::Pool& pool, SessionLookup& lookup, const config::Session& config,
                 const Clock& clock, Random& random);

  // Inserts a session through the caller's connection, so that it stands or falls with the
  // caller's transaction.
  sql::Outcome<IssuedSession> issue(sql::Connection& connection, const IssueRequest& request);

  // `token` is the cookie's value, as the browser sent it; one that cannot be a token is answered
  // without a look-up. A live session is noted as seen.
  void check(std::string_view token, SessionLookup::Callback done);
  // The same, blocking.
  SessionLookup::Answer check_now(std::string_view token);
  // The same from memory alone: null when only the store could tell.
  SessionPtr check_remembered(std::string_view token);
  // When the session was last seen, here or, as far as the store knows, by another instance.
  [[nodiscard]] TimePoint last_seen(const sql::SessionRow& session) const;

  // Ends one session. True also when it was gone already: log-out is idempotent.
  Status end(const std::string& token_hash);
  // The same through the caller's connection, as part of its transaction.
  sql::Outcome<bool> end_in(sql::Connection& connection, const std::string& token_hash);
  // Ends all of the user's sessions through the caller's connection, but for one when not empty.
  sql::Outcome<std::int64_t> end_all(sql::Connection& connection, sql::UserId user,
                                     const std::string& except_hash);
  // Counts as a recent login from now on, through the caller's connection; to be followed by
  // forget_session() after the commit. False: the session has ended meanwhile.
  sql::Outcome<bool> renew_in(sql::Connection& connection, const std::string& token_hash);
  // The user's live sessions, newest first, with what this process has seen of them lately.
  Result<std::vector<sql::sessions::OwnSession>> list(sql::UserId user);
  // To be called once a transaction with end_in() or end_all() is committed, so that this instance
  // refuses those sessions from then on. Other instances hear of it from the database.
  void forget_session(const std::string& token_hash) { lookup_.forget_session(token_hash); }
  void forget_user(sql::UserId user) { lookup_.forget_user(user); }

  // Maintenance: writes last_seen_at of sessions seen since the last call, at most once a minute
  // per session (more often under an idle time-out of less than four minutes). What cannot be
  // written now is kept for the next call.
  Status flush_seen();
  // Maintenance: deletes expired sessions in batches of 1,000, at most 100,000 in one call; answers
  // how many.
  Result<std::int64_t> sweep();

  // Whether the visitor proved their identity within the last five minutes (DESIGN section 10).
  [[nodiscard]] bool recently_authenticated(const LiveSession& session) const;

 private:
  // Whether the session is live now, by the clock and by what this process has seen.
  bool confirm(const LiveSession& live);

  sql::Pool& pool_;
  SessionLookup& lookup_;
  const config::Session& config_;
  const Clock& clock_;
  Random& random_;
  SeenSessions seen_;
};

}  // namespace latchkey::sessions
