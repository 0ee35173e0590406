#include "broker/device_routes.h"

#include <algorithm>
#include <functional>

#include "broker/device_name.h"
#include "broker/path_id.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

void DeviceRoutes::mount(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/api/sessions/",
              .session = SessionNeed::required,
              .handler = std::bind_front(&DeviceRoutes::list, this)});
  router.add({.method = Method::del,
              .pattern = "/api/sessions/",
              .session = SessionNeed::required,
              .handler = std::bind_front(&DeviceRoutes::end_others, this)});
  router.add({.method = Method::del,
              .pattern = "/api/sessions/{id}/",
              .session = SessionNeed::required,
              .handler = std::bind_front(&DeviceRoutes::end_one, this)});
}

std::string DeviceRoutes::label_of(const std::string& method) const {
  if (method == "password") return "Password";
  const providers::Provider* provider = parts_.providers.find(method);
  return provider != nullptr ? provider->label() : method;
}

Response DeviceRoutes::list(const Request& request) {
  auto rows = parts_.sessions.list(request.session->user.id);
  if (!rows) return http::error_response(rows.error(), request);
  const auto is_current = [&request](const sql::sessions::OwnSession& row) {
    return row.token_hash == request.session->token_hash;
  };
  std::stable_partition(rows->begin(), rows->end(), is_current);
  JsonWriter json;
  json.begin_object().key("sessions").begin_array();
  for (const auto& row : *rows) {
    const sql::SessionRow& session = row.session;
    json.begin_object()
        .field("id", session.id)
        .field("device", device_name(session.user_agent))
        .field("user_agent", session.user_agent)
        .key("ip");
    session.ip.empty() ? json.null() : json.value(session.ip);
    json.field("method", session.method)
        .field("method_label", label_of(session.method))
        .field("remember", session.remember)
        .field("created_at", rfc3339(session.created_at))
        .field("last_seen_at", rfc3339(session.last_seen_at))
        .field("expires_at", rfc3339(session.expires_at))
        .field("current", is_current(row))
        .end_object();
  }
  json.end_array().end_object();
  return http::json_response(200, json);
}

// Another user's id and one that never was are answered alike.
Response DeviceRoutes::end_one(const Request& request) {
  const auto id = path_id(request);
  const Result<bool> ended = id ? parts_.own.end_one(*request.session, *id) : Result<bool>(false);
  if (!ended) return http::error_response(ended.error(), request);
  if (!*ended) return http::error_response({ErrorCode::not_found}, request);
  Response response = http::detail_response(200, "Session ended");
  if (*id == request.session->session.id) {
    response.cookie(sessions::expired_session_cookie(parts_.config.session));
  }
  return response;
}

Response DeviceRoutes::end_others(const Request& request) {
  const auto ended = parts_.own.end_others(*request.session);
  if (!ended) return http::error_response(ended.error(), request);
  JsonWriter json;
  json.begin_object().field("detail", "Other sessions ended").field("ended", *ended).end_object();
  return http::json_response(200, json);
}

}  // namespace latchkey::broker
