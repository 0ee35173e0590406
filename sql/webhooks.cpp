#include "sql/webhooks.h"

#include <limits>

#include "sql/text.h"

namespace latchkey::sql {
namespace {

constexpr std::size_t kMaxError = 500;

#define LATCHKEY_DELIVERY_COLUMNS                                                          \
  "id, type, user_id, other_user_id, data::text, created_at, queued_at, next_attempt_at, " \
  "attempts, delivered_at, failed_at, last_error"
#define LATCHKEY_DELIVERY_WAITS "delivered_at IS NULL AND failed_at IS NULL"

// Ids come from a sequence, not from commits: without the lock, an event that is committed first
// could have the greater id and be sent in front. FOR NO KEY UPDATE, because that goes with the
// lock that a foreign key takes on the same row (an identity being linked).
constexpr Statement kInsert = {
    .name = "webhook_deliveries.insert",
    .text =
        "WITH held AS ("
        "  SELECT id FROM users WHERE id IN ($2, $3) ORDER BY id FOR NO KEY UPDATE),"
        " ready AS (SELECT count(*) FROM held)"
        " INSERT INTO webhook_deliveries (type, user_id, other_user_id, data, created_at,"
        " queued_at, next_attempt_at)"
        " SELECT $1, $2, $3, $4::text::jsonb, $5, $5, $5 FROM ready",
};
// SKIP LOCKED: two instances ask at the same time, and each takes another event.
constexpr Statement kTake = {
    .name = "webhook_deliveries.take",
    .text =
        "UPDATE webhook_deliveries SET attempts = attempts + 1, next_attempt_at = $2 WHERE id = ("
        "  SELECT due.id FROM webhook_deliveries AS due"
        "  WHERE due.delivered_at IS NULL AND due.failed_at IS NULL AND due.next_attempt_at <= $1"
        "  AND NOT EXISTS ("
        "    SELECT 1 FROM webhook_deliveries AS earlier WHERE earlier.id < due.id"
        "    AND earlier.delivered_at IS NULL AND earlier.failed_at IS NULL"
        "    AND earlier.user_id IN (due.user_id, due.other_user_id))"
        "  AND NOT EXISTS ("
        "    SELECT 1 FROM webhook_deliveries AS earlier WHERE earlier.id < due.id"
        "    AND earlier.delivered_at IS NULL AND earlier.failed_at IS NULL"
        "    AND earlier.other_user_id IN (due.user_id, due.other_user_id))"
        "  ORDER BY due.id LIMIT 1 FOR UPDATE SKIP LOCKED)"
        " RETURNING " LATCHKEY_DELIVERY_COLUMNS,
};
constexpr Statement kMarkDelivered = {
    .name = "webhook_deliveries.mark_delivered",
    .text =
        "UPDATE webhook_deliveries SET delivered_at = $3, last_error = ''"
        " WHERE id = $1 AND attempts = $2 AND " LATCHKEY_DELIVERY_WAITS,
};
constexpr Statement kPutOff = {
    .name = "webhook_deliveries.put_off",
    .text =
        "UPDATE webhook_deliveries SET next_attempt_at = $3, last_error = $4"
        " WHERE id = $1 AND attempts = $2 AND " LATCHKEY_DELIVERY_WAITS,
};
constexpr Statement kGiveUp = {
    .name = "webhook_deliveries.give_up",
    .text =
        "UPDATE webhook_deliveries SET failed_at = $3, last_error = $4"
        " WHERE id = $1 AND attempts = $2 AND " LATCHKEY_DELIVERY_WAITS,
};
constexpr Statement kFind = {
    .name = "webhook_deliveries.find",
    .text = "SELECT " LATCHKEY_DELIVERY_COLUMNS " FROM webhook_deliveries WHERE id = $1",
};
// `attempts` goes on counting: it is what tells an attempt that is still under way from the next.
constexpr Statement kReplay = {
    .name = "webhook_deliveries.replay",
    .text =
        "UPDATE webhook_deliveries SET attempts = attempts + 1, queued_at = $2,"
        " next_attempt_at = $2, delivered_at = NULL, failed_at = NULL"
        " WHERE id = $1 RETURNING " LATCHKEY_DELIVERY_COLUMNS,
};
constexpr Statement kListAll = {
    .name = "webhook_deliveries.list_all",
    .text = "SELECT " LATCHKEY_DELIVERY_COLUMNS
            " FROM webhook_deliveries WHERE id < $1 ORDER BY id DESC LIMIT $2",
};
constexpr Statement kListWaiting = {
    .name = "webhook_deliveries.list_waiting",
    .text = "SELECT " LATCHKEY_DELIVERY_COLUMNS
            " FROM webhook_deliveries WHERE id < $1 AND " LATCHKEY_DELIVERY_WAITS
            " ORDER BY id DESC LIMIT $2",
};
constexpr Statement kListDelivered = {
    .name = "webhook_deliveries.list_delivered",
    .text = "SELECT " LATCHKEY_DELIVERY_COLUMNS
            " FROM webhook_deliveries WHERE id < $1 AND delivered_at IS NOT NULL"
            " ORDER BY id DESC LIMIT $2",
};
constexpr Statement kListFailed = {
    .name = "webhook_deliveries.list_failed",
    .text = "SELECT " LATCHKEY_DELIVERY_COLUMNS
            " FROM webhook_deliveries WHERE id < $1 AND failed_at IS NOT NULL"
            " ORDER BY id DESC LIMIT $2",
};
constexpr Statement kSweep = {
    .name = "webhook_deliveries.sweep",
    .text =
        "DELETE FROM webhook_deliveries WHERE id IN ("
        "SELECT id FROM webhook_deliveries WHERE created_at <= $1"
        " AND (delivered_at IS NOT NULL OR failed_at IS NOT NULL)"
        " ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
};

WebhookDelivery read_delivery(const Row& row) {
  return {
      .id = row.int64(0),
      .type = row.text(1),
      .user_id = row.int64(2),
      .other_user_id = row.optional_int64(3),
      .data = row.text(4),
      .created_at = row.timestamp(5),
      .queued_at = row.timestamp(6),
      .next_attempt_at = row.timestamp(7),
      .attempts = row.int64(8),
      .delivered_at = row.optional_timestamp(9),
      .failed_at = row.optional_timestamp(10),
      .last_error = row.text(11),
  };
}

std::optional<WebhookDelivery> at_most_one(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_delivery(rows[0]);
}

const Statement& list_statement(std::optional<DeliveryState> state) {
  if (!state) return kListAll;
  switch (*state) {
    case DeliveryState::waiting:
      return kListWaiting;
    case DeliveryState::delivered:
      return kListDelivered;
    case DeliveryState::failed:
      return kListFailed;
  }
  return kListAll;
}

}  // namespace

namespace webhook_deliveries {

Outcome<void> insert(Connection& connection, const NewWebhookDelivery& delivery) {
  return connection
      .execute(kInsert, Parameters()
                            .text(delivery.type)
                            .int64(delivery.user_id)
                            .optional_int64(delivery.other_user_id)
                            .text(delivery.data)
                            .timestamp(delivery.created_at))
      .map([](const Rows&) {});
}

Outcome<std::optional<WebhookDelivery>> take(Connection& connection, TimePoint now,
                                             TimePoint lease_until) {
  return connection.execute(kTake, Parameters().timestamp(now).timestamp(lease_until))
      .map(at_most_one);
}

Outcome<void> mark_delivered(Connection& connection, const WebhookDelivery& taken, TimePoint at) {
  return connection
      .execute(kMarkDelivered, Parameters().int64(taken.id).int64(taken.attempts).timestamp(at))
      .map([](const Rows&) {});
}

Outcome<void> put_off(Connection& connection, const WebhookDelivery& taken, TimePoint until,
                      const std::string& error) {
  return connection
      .execute(kPutOff, Parameters()
                            .int64(taken.id)
                            .int64(taken.attempts)
                            .timestamp(until)
                            .text(displayable(error, kMaxError)))
      .map([](const Rows&) {});
}

Outcome<void> give_up(Connection& connection, const WebhookDelivery& taken, TimePoint at,
                      const std::string& error) {
  return connection
      .execute(kGiveUp, Parameters()
                            .int64(taken.id)
                            .int64(taken.attempts)
                            .timestamp(at)
                            .text(displayable(error, kMaxError)))
      .map([](const Rows&) {});
}

Outcome<std::optional<WebhookDelivery>> find(Connection& connection, std::int64_t id) {
  return connection.execute(kFind, Parameters().int64(id)).map(at_most_one);
}

Outcome<std::optional<WebhookDelivery>> replay(Connection& connection, std::int64_t id,
                                               TimePoint now) {
  return connection.execute(kReplay, Parameters().int64(id).timestamp(now)).map(at_most_one);
}

Outcome<std::vector<WebhookDelivery>> list(Connection& connection,
                                           std::optional<DeliveryState> state, std::int64_t before,
                                           int limit) {
  constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
  return connection
      .execute(list_statement(state),
               Parameters().int64(before == 0 ? kNewest : before).int64(limit))
      .map([](const Rows& rows) { return rows.all(read_delivery); });
}

Outcome<std::int64_t> sweep(Connection& connection, TimePoint before, int limit) {
  return connection.execute(kSweep, Parameters().timestamp(before).int64(limit))
      .map([](const Rows& rows) { return rows.affected(); });
}

}  // namespace webhook_deliveries
}  // namespace latchkey::sql
