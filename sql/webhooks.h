// The outbox of webhooks: events written in the transaction of what they tell of, sent later, in
// order per user, by whichever instance takes them first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::sql {

enum class DeliveryState { waiting, delivered, failed };

struct WebhookDelivery {
  std::int64_t id = 0;
  std::string type;  // "user.created", …
  UserId user_id = 0;
  std::optional<UserId> other_user_id;
  std::string data;  // a JSON object
  TimePoint created_at;
  TimePoint queued_at;  // its creation or its last replay
  TimePoint next_attempt_at;
  std::int64_t attempts = 0;
  std::optional<TimePoint> delivered_at;
  std::optional<TimePoint> failed_at;  // given up
  std::string last_error;

  [[nodiscard]] DeliveryState state() const {
    if (delivered_at) return DeliveryState::delivered;
    return failed_at ? DeliveryState::failed : DeliveryState::waiting;
  }
};

struct NewWebhookDelivery {
  std::string type;
  UserId user_id = 0;
  std::optional<UserId> other_user_id;  // of an event about two users
  std::string data;
  TimePoint created_at;
};

namespace webhook_deliveries {

// Events of one user get their ids in the order of their commits: the users' rows are held until
// the caller's transaction ends.
Outcome<void> insert(Connection&, const NewWebhookDelivery& delivery);

// Takes the oldest event that is due and behind no waiting event of the same users, for nobody
// else to take before `lease_until`. nullopt: there is none.
Outcome<std::optional<WebhookDelivery>> take(Connection&, TimePoint now, TimePoint lease_until);
// How the attempt ended that take() counted as number `attempts`. Each does nothing when the event
// has been taken again or replayed meanwhile.
Outcome<void> mark_delivered(Connection&, const WebhookDelivery& taken, TimePoint at);
Outcome<void> put_off(Connection&, const WebhookDelivery& taken, TimePoint until,
                      const std::string& error);
Outcome<void> give_up(Connection&, const WebhookDelivery& taken, TimePoint at,
                      const std::string& error);

Outcome<std::optional<WebhookDelivery>> find(Connection&, std::int64_t id);
// Queues it anew, in its old place among the events of its users. nullopt: there is none.
Outcome<std::optional<WebhookDelivery>> replay(Connection&, std::int64_t id, TimePoint now);

// Newest first, with ids below `before` (0: from the newest), at most `limit`.
Outcome<std::vector<WebhookDelivery>> list(Connection&, std::optional<DeliveryState> state,
                                           std::int64_t before, int limit);
// Deletes at most `limit` events that came to an end and were made before `before`.
Outcome<std::int64_t> sweep(Connection&, TimePoint before, int limit);

}  // namespace webhook_deliveries
}  // namespace latchkey::sql
