#include "broker/account_routes.h"

#include "broker/visitor_answers.h"

namespace latchkey::broker {
namespace {

// All of it came with the session's look-up, so a session that is remembered costs no database.
http::Response show_account(const http::Request& request) {
  JsonWriter json;
  json.begin_object();
  write_user(json, request.session->user);
  json.key("identities");
  write_identities(json, request.session->identities);
  json.end_object();
  return http::json_response(200, json);
}

}  // namespace

void mount_account_routes(http::Router& router) {
  // The second name is what front ends written for Django's user profile call.
  for (const char* pattern : {"/api/account/", "/api/users/profile/"}) {
    router.add({.method = http::Method::get,
                .pattern = pattern,
                .session = http::SessionNeed::required,
                .handler = show_account});
  }
}

}  // namespace latchkey::broker
