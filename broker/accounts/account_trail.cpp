#include "broker/accounts/account_trail.h"

#include <string>

#include "sql/signins.h"

namespace latchkey::broker {

sql::Outcome<void> record(sql::Connection& db, TimePoint now, const AccountEvent& event,
                          const Visitor& visitor) {
  return sql::audit_events::insert(db, {.at = now,
                                        .action = std::string(event.action),
                                        .user_id = event.user,
                                        .actor_id = event.by_user ? event.user : std::nullopt,
                                        .provider = {},
                                        .subject = {},
                                        .reason = std::string(event.reason),
                                        .ip = visitor.ip,
                                        .request_id = visitor.request_id,
                                        .details = {}});
}

}  // namespace latchkey::broker
