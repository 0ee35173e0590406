// Ending one's own sessions on other devices, with the event for the application in the same
// transaction. The user's row is held first, as by everybody who changes a user and ends sessions.
#pragma once

#include "broker/webhooks.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

class OwnSessions {
 public:
  struct Parts {
    sql::Pool& pool;
    sessions::SessionService& sessions;
    const Webhooks& webhooks;
  };

  explicit OwnSessions(Parts parts) : parts_(parts) {}

  // Ends the session of that id if it is this user's; false: there is none. Ending the current one
  // is a log-out, of which nobody needs to be told.
  Result<bool> end_one(const sessions::LiveSession& current, std::int64_t id);
  // Ends all of the user's sessions but the current one; answers how many.
  Result<std::int64_t> end_others(const sessions::LiveSession& current);
  // Ends all of them: a log-out everywhere.
  Status end_everywhere(const sessions::LiveSession& current);

 private:
  // The token_hash of the session that ended.
  sql::Outcome<std::optional<std::string>> try_end(const sessions::LiveSession& current,
                                                   std::int64_t id);
  // Of all but the one with `except_hash`, if it is not empty.
  sql::Outcome<std::int64_t> try_end_all(sql::UserId user, const std::string& except_hash);

  Parts parts_;
};

}  // namespace latchkey::broker
