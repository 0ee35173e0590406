// /api/admin/users/…: finding users, looking at one, making and changing them, ending their
// sessions.
#pragma once

#include "broker/admin/staff_gate.h"
#include "broker/admin/user_changes.h"
#include "broker/admin/user_detail.h"
#include "broker/admin/user_finder.h"
#include "config/config.h"
#include "sessions/password_hasher.h"

namespace latchkey::broker::admin {

class UserRoutes {
 public:
  struct Parts {
    const StaffGate& gate;
    UserChanges& changes;
    sql::Pool& pool;
    sessions::PasswordHasher& hasher;
    const config::Config& config;
    const Clock& clock;
  };

  explicit UserRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response list(const http::Request& request) const;
  http::Response show(const http::Request& request) const;
  http::Response sessions(const http::Request& request) const;
  tl::expected<Report, Refusal> create(const http::Request& request, JsonView body,
                                       const Order& order);
  tl::expected<Report, Refusal> update(const http::Request& request, JsonView body,
                                       const Order& order);
  tl::expected<Report, Refusal> end_sessions(const http::Request& request, JsonView body,
                                             const Order& order);
  Result<UserPage> find(const http::Request& request) const;
  Result<UserDetail> detail(const http::Request& request) const;

  Parts parts_;
};

}  // namespace latchkey::broker::admin
