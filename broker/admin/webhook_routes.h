// /api/admin/webhooks/…: what became of the events for the application, and sending one again.
#pragma once

#include "broker/admin/staff_gate.h"
#include "sql/webhooks.h"

namespace latchkey::broker::admin {

class WebhookRoutes {
 public:
  WebhookRoutes(const StaffGate& gate, ChangeDesk& desk, sql::Pool& pool)
      : gate_(gate), desk_(desk), pool_(pool) {}
  void mount(http::Router& router);

 private:
  http::Response list(const http::Request& request) const;
  Result<std::vector<sql::WebhookDelivery>> find(const http::Request& request) const;
  tl::expected<Report, Refusal> replay(const http::Request& request, JsonView body,
                                       const Order& order);

  const StaffGate& gate_;
  ChangeDesk& desk_;
  sql::Pool& pool_;
};

}  // namespace latchkey::broker::admin
