#include "broker/admin/webhook_routes.h"

#include <functional>

#include "base/try.h"
#include "broker/admin/form.h"
#include "broker/admin/id_page.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker::admin {
namespace {

using http::Method;
using http::Request;
using http::Response;

std::string_view name_of(sql::DeliveryState state) {
  switch (state) {
    case sql::DeliveryState::waiting:
      return "waiting";
    case sql::DeliveryState::delivered:
      return "delivered";
    case sql::DeliveryState::failed:
      return "failed";
  }
  return "";
}

std::optional<sql::DeliveryState> parse_state(std::string_view name) {
  using enum sql::DeliveryState;
  for (const auto state : {waiting, delivered, failed}) {
    if (name == name_of(state)) return state;
  }
  return std::nullopt;
}

std::optional<std::string> rfc3339_of(const std::optional<TimePoint>& time) {
  return time ? std::optional(rfc3339(*time)) : std::nullopt;
}

std::string delivery_json(const sql::WebhookDelivery& delivery) {
  JsonWriter json;
  json.begin_object()
      .field("id", delivery.id)
      .field("type", delivery.type)
      .field("state", name_of(delivery.state()))
      .field("user_id", delivery.user_id)
      .key("data")
      .raw(delivery.data)
      .field("attempts", delivery.attempts)
      .field("last_error", delivery.last_error)
      .field("created_at", rfc3339(delivery.created_at))
      .field("next_attempt_at", delivery.state() == sql::DeliveryState::waiting
                                    ? std::optional(rfc3339(delivery.next_attempt_at))
                                    : std::nullopt)
      .field("delivered_at", rfc3339_of(delivery.delivered_at))
      .field("failed_at", rfc3339_of(delivery.failed_at))
      .end_object();
  return json.text();
}

}  // namespace

void WebhookRoutes::mount(http::Router& router) {
  gate_.mount_read(router, "/api/admin/webhooks/", std::bind_front(&WebhookRoutes::list, this));
  gate_.mount_change(router, {.method = Method::post,
                              .pattern = "/api/admin/webhooks/{id}/replay/",
                              .change = std::bind_front(&WebhookRoutes::replay, this)});
}

Response WebhookRoutes::list(const Request& request) const {
  auto deliveries = find(request);
  if (!deliveries) return http::error_response(deliveries.error(), request);
  return id_page(std::move(*deliveries),
                 [](JsonWriter& json, const sql::WebhookDelivery& delivery) {
                   json.raw(delivery_json(delivery));
                 });
}

Result<std::vector<sql::WebhookDelivery>> WebhookRoutes::find(const Request& request) const {
  LATCHKEY_TRY_ASSIGN(const auto name, wanted_text(request, "state"));
  LATCHKEY_TRY_ASSIGN(const std::int64_t before, wanted_place(request));
  const auto state = name ? parse_state(*name) : std::nullopt;
  if (name && !state) return fail(ErrorCode::parameters_invalid, "state");
  auto lease = pool_.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  auto deliveries = sql::webhook_deliveries::list(**lease, state, before, kPageSize + 1);
  if (!deliveries) return fail(sql::to_error(deliveries.error()));
  return std::move(*deliveries);
}

tl::expected<Report, Refusal> WebhookRoutes::replay(const Request& request, JsonView,
                                                    const Order& order) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t id, id_in(request.id, ErrorCode::not_found));
  return desk_.carry_out(order, [id](Workbench& bench) -> Attempt<Report> {
    LATCHKEY_TRY_ASSIGN(const auto before, sql::webhook_deliveries::find(bench.db, id));
    LATCHKEY_TRY_ASSIGN(const auto queued,
                        sql::webhook_deliveries::replay(bench.db, id, bench.now));
    if (!before || !queued) return fail(ErrorCode::not_found);
    return Report{.changes = {{.action = "webhook.replay",
                               .user = queued->user_id,
                               .before = delivery_json(*before),
                               .after = delivery_json(*queued)}},
                  .answer = delivery_json(*queued)};
  });
}

}  // namespace latchkey::broker::admin
