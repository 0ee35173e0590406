#include "broker/account_routes.h"

namespace latchkey::broker {

void AccountRoutes::mount(http::Router& router) {
  // The second name is what front ends written for Django's user profile call.
  for (const char* pattern : {"/api/account/", "/api/users/profile/"}) {
    router.add({.method = http::Method::get,
                .pattern = pattern,
                .session = http::SessionNeed::required,
                .handler = [this](const http::Request& request) { return show_account(request); }});
  }
}

http::Response AccountRoutes::show_account(const http::Request& request) {
  const sql::User& user = request.session->user;
  auto lease = pool_.acquire();
  if (!lease) return http::error_response(sql::to_error(lease.error()), request);
  const auto identities = sql::identities::list_of_user(**lease, user.id);
  if (!identities) return http::error_response(sql::to_error(identities.error()), request);
  JsonWriter json;
  json.begin_object();
  write_user(json, user);
  json.key("identities");
  write_identities(json, *identities);
  json.end_object();
  return http::json_response(200, json);
}

}  // namespace latchkey::broker
