// Where a check finds sessions: in memory, or in the database together with the look-ups of others.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sessions/live_session.h"

namespace latchkey::sessions {

class SessionLookup {
 public:
  // Null: there is no live session of that hash. An error: the store could not tell, which logs
  // nobody out. A session in the answer may be up to two minutes over its idle time-out, because
  // the store learns late when it was last seen; SessionService::check() knows better.
  using Answer = Result<SessionPtr>;
  using Callback = std::function<void(Answer)>;

  virtual ~SessionLookup() = default;
  // Calls `done` exactly once, now or later and then on another thread, where it must not block.
  virtual void find(std::string token_hash, Callback done) = 0;
  // Only what can be told at once, without asking anybody.
  virtual SessionPtr remembered(std::string_view /*token_hash*/) { return nullptr; }
  // For look-ups that remember: that session, or that user's, must be asked for anew.
  virtual void forget_session(const std::string& /*token_hash*/) {}
  virtual void forget_user(sql::UserId /*user*/) {}
};

}  // namespace latchkey::sessions
