// /api/admin/users/{id}/identities/…: linking, moving and unlinking identities, and allowing one
// before anybody has come in by it.
#pragma once

#include "broker/admin/identity_changes.h"
#include "broker/admin/staff_gate.h"

namespace latchkey::broker::admin {

class IdentityRoutes {
 public:
  IdentityRoutes(const StaffGate& gate, IdentityChanges& changes)
      : gate_(gate), changes_(changes) {}
  void mount(http::Router& router);

 private:
  // {provider, subject} links, {provider, email} allows beforehand.
  tl::expected<Report, Refusal> add(const http::Request& request, JsonView body,
                                    const Order& order);
  tl::expected<Report, Refusal> unlink(const http::Request& request, JsonView body,
                                       const Order& order);
  tl::expected<Report, Refusal> revoke(const http::Request& request, JsonView body,
                                       const Order& order);

  const StaffGate& gate_;
  IdentityChanges& changes_;
};

}  // namespace latchkey::broker::admin
