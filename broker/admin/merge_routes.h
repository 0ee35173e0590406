// /api/admin/users/{id}/merge/ and /api/admin/merges/…: making two users one, and two again.
#pragma once

#include "broker/admin/merge_desk.h"
#include "broker/admin/staff_gate.h"

namespace latchkey::broker::admin {

class MergeRoutes {
 public:
  MergeRoutes(const StaffGate& gate, MergeDesk& desk, sql::Pool& pool)
      : gate_(gate), desk_(desk), pool_(pool) {}
  void mount(http::Router& router);

 private:
  tl::expected<Report, Refusal> merge(const http::Request& request, JsonView body,
                                      const Order& order);
  tl::expected<Report, Refusal> undo(const http::Request& request, JsonView body,
                                     const Order& order);
  http::Response list(const http::Request& request) const;
  Result<std::vector<sql::Merge>> find(const http::Request& request) const;

  const StaffGate& gate_;
  MergeDesk& desk_;
  sql::Pool& pool_;
};

// What a request for a merge says of its manner: `sessions` ("revoke" or "move"), `password`
// ("keep" or "take") and `force`. Names a member that says something else.
tl::expected<void, Refusal> read_manner(JsonView body, MergeRequest& request);

}  // namespace latchkey::broker::admin
