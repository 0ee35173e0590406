#include "broker/identity_routes.h"

#include <functional>

#include "broker/path_id.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

// One pattern for two things, because OpenAPI tells paths apart by their shape alone: a POST names
// the provider to connect, a DELETE the identity to disconnect.
void IdentityRoutes::mount(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/api/identities/",
              .session = SessionNeed::required,
              .handler = std::bind_front(&IdentityRoutes::list, this)});
  router.add({.method = Method::post,
              .pattern = "/api/identities/{id}/",
              .session = SessionNeed::required,
              .handler = std::bind_front(&IdentityRoutes::begin_connect, this)});
  router.add({.method = Method::del,
              .pattern = "/api/identities/{id}/",
              .session = SessionNeed::required,
              .handler = std::bind_front(&IdentityRoutes::unlink, this)});
}

Response IdentityRoutes::list(const Request& request) {
  JsonWriter json;
  json.begin_object().key("identities");
  write_identities(json, request.session->identities);
  json.end_object();
  return http::json_response(200, json);
}

Response IdentityRoutes::begin_connect(const Request& request) {
  if (!parts_.sessions.recently_authenticated(*request.session)) {
    return http::error_response({ErrorCode::reauthentication_required}, request);
  }
  std::string next;
  if (!request.body.empty()) {
    const auto body = request.json_object();
    if (!body) return http::error_response(body.error(), request);
    next = body->root()["next"].string().value_or("");
  }
  auto begun = parts_.flow.begin({.provider = request.id,
                                  .next = next.empty() ? "/account" : next,
                                  .intent = Intent::connect,
                                  .session_token_hash = request.session->token_hash},
                                 request.cookies);
  if (!begun) return http::error_response(begun.error(), request);
  return authorize_url_response(begun->authorize_url).with_cookies(std::move(begun->cookies));
}

Response IdentityRoutes::unlink(const Request& request) {
  if (!parts_.sessions.recently_authenticated(*request.session)) {
    return http::error_response({ErrorCode::reauthentication_required}, request);
  }
  const auto id = path_id(request);
  const Status done =
      id ? parts_.identities.unlink(request.session->user.id, *id, visitor_of(request))
         : Status(fail(ErrorCode::not_found));
  return done ? http::detail_response(200, "Disconnected")
              : http::error_response(done.error(), request);
}

}  // namespace latchkey::broker
