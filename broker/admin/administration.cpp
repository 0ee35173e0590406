#include "broker/admin/administration.h"

namespace latchkey::broker::admin {

Administration::Administration(const Parts& parts)
    : desk_({.pool = parts.pool,
             .notices = parts.notices,
             .clock = parts.clock,
             .forget_user =
                 [&sessions = parts.sessions](sql::UserId user) { sessions.forget_user(user); }}),
      users_(desk_, parts.webhooks),
      identities_({.desk = desk_, .webhooks = parts.webhooks, .config = parts.config}),
      merges_({.desk = desk_, .webhooks = parts.webhooks}),
      gate_(parts.sessions),
      user_routes_({.gate = gate_,
                    .changes = users_,
                    .pool = parts.pool,
                    .hasher = parts.hasher,
                    .config = parts.config,
                    .clock = parts.clock}),
      audit_routes_(
          {.gate = gate_, .desk = parts.admission, .pool = parts.pool, .config = parts.config}),
      identity_routes_(gate_, identities_),
      merge_routes_(gate_, merges_, parts.pool),
      webhook_routes_(gate_, desk_, parts.pool),
      provider_routes_(gate_, parts.providers, parts.config) {}

void Administration::mount(http::Router& router) {
  user_routes_.mount(router);
  audit_routes_.mount(router);
  identity_routes_.mount(router);
  merge_routes_.mount(router);
  webhook_routes_.mount(router);
  provider_routes_.mount(router);
}

}  // namespace latchkey::broker::admin
