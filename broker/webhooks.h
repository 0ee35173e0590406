// Tells the application what happened to its users: writes an event into the outbox, in the
// transaction of what it tells of, so that neither can be without the other. WebhookSender
// (broker/webhook_sender.h) sends it later. Without `admin.webhook_url` every call here is free.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "config/config.h"
#include "sql/identities.h"
#include "sql/users.h"
#include "sql/webhooks.h"

namespace latchkey::broker {

class Webhooks {
 public:
  Webhooks(const config::Admin& config, const Clock& clock)
      : configured_(!config.webhook_url.empty()), clock_(clock) {}

  [[nodiscard]] bool configured() const { return configured_; }

  // Each is called with the connection of the transaction that makes it true.
  sql::Outcome<void> user_created(sql::Connection& db, const sql::User& user) const;
  sql::Outcome<void> user_disabled(sql::Connection& db, sql::UserId user) const;
  sql::Outcome<void> identity_linked(sql::Connection& db, sql::UserId user,
                                     std::string_view provider, std::string_view subject) const;
  sql::Outcome<void> identity_unlinked(sql::Connection& db, sql::UserId user,
                                       std::string_view provider, std::string_view subject) const;
  // One for each identity the user has, before all of them go.
  sql::Outcome<void> all_unlinked(sql::Connection& db, sql::UserId user) const;
  // Sessions ended by somebody else than the browser that logs out of its own.
  sql::Outcome<void> sessions_revoked(sql::Connection& db, sql::UserId user,
                                      std::int64_t count) const;
  sql::Outcome<void> user_merged(sql::Connection& db, std::int64_t merge, sql::UserId from,
                                 sql::UserId into) const;
  sql::Outcome<void> merge_undone(sql::Connection& db, std::int64_t merge, sql::UserId from,
                                  sql::UserId into) const;

 private:
  sql::Outcome<void> announce(sql::Connection& db, std::string_view type, sql::UserId user,
                              const JsonWriter& data,
                              std::optional<sql::UserId> other = std::nullopt) const;
  sql::Outcome<void> identity(sql::Connection& db, std::string_view type, sql::UserId user,
                              std::string_view provider, std::string_view subject) const;
  sql::Outcome<void> merge(sql::Connection& db, std::string_view type, std::int64_t merge,
                           sql::UserId from, sql::UserId into) const;

  const bool configured_;
  const Clock& clock_;
};

}  // namespace latchkey::broker
