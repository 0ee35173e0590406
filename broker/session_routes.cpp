#include "broker/session_routes.h"

#include <functional>

#include "base/try.h"

namespace latchkey::broker {
namespace {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

// {"detail","non_field_errors","code"}: some front ends read one, some the other.
Response login_fault(const Error& error, const Request& request) {
  if (error.code != ErrorCode::invalid_credentials) return http::error_response(error, request);
  const ErrorInfo& info = describe(error.code);
  JsonWriter json;
  json.begin_object()
      .field("detail", info.sentence)
      .key("non_field_errors")
      .begin_array()
      .value(info.sentence)
      .end_array()
      .field("code", info.code)
      .field("request_id", request.request_id)
      .end_object();
  return http::json_response(info.status, json);
}

// In the words that front ends written for Django's LoginView match on.
Response missing_credentials(const Request& request) {
  constexpr std::string_view kSentence = "Please enter both username and password";
  const ErrorInfo& info = describe(ErrorCode::validation_failed);
  JsonWriter json;
  json.begin_object()
      .field("detail", kSentence)
      .field("code", info.code)
      .key("errors")
      .begin_object()
      .field("__all__", kSentence)
      .end_object()
      .field("request_id", request.request_id)
      .end_object();
  return http::json_response(info.status, json);
}

}  // namespace

void SessionRoutes::mount(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/api/login-set-cookie/",
              .session = SessionNeed::optional,
              .handler = std::bind_front(&SessionRoutes::set_csrf_cookie, this)});
  router.add({.method = Method::post,
              .pattern = "/api/login/",
              .session = SessionNeed::optional,
              .handler = std::bind_front(&SessionRoutes::login, this)});
  router.add({.method = Method::post,
              .pattern = "/api/logout/",
              .session = SessionNeed::optional,
              .handler = std::bind_front(&SessionRoutes::logout, this)});
}

// The token goes into the body too, for front ends on another origin that cannot read the cookie;
// a page of a foreign origin gets no CORS headers and so cannot read either.
Response SessionRoutes::set_csrf_cookie(const Request& request) const {
  const std::string session = request.session ? request.session->token_hash : std::string();
  const auto held = request.cookies.get(parts_.config.csrf.cookie_name);
  // A token that is good stays, so that another tab's does not go stale.
  const std::string token =
      held && parts_.csrf.valid(*held, session) ? std::string(*held) : parts_.csrf.issue(session);
  constexpr std::string_view kDone = "CSRF cookie set";
  JsonWriter json;
  json.begin_object().field("detail", kDone).field("details", kDone);
  const auto origin = request.headers.get("Origin");
  if (!origin || parts_.origins.allows(*origin)) json.field("csrfToken", token);
  json.end_object();
  Response response = http::json_response(200, json);
  response.cookie(sessions::csrf_cookie(parts_.config.session, parts_.config.csrf, token));
  return response;
}

Response SessionRoutes::login(const Request& request) {
  const auto body = request.json_object();
  if (!body) return http::error_response(body.error(), request);
  const JsonView root = body->root();
  auto email = root["email"].string();
  if (!email) email = root["username"].string();
  const auto password = root["password"].string();
  if (!email || email->empty() || !password || password->empty()) {
    return missing_credentials(request);
  }
  auto signed_in =
      parts_.password_login.login({.email = std::string(*email),
                                   .password = Secret(std::string(*password)),
                                   .remember = root["remember"].boolean().value_or(false),
                                   .current = request.session,
                                   .visitor = visitor_of(request)});
  if (!signed_in) return login_fault(signed_in.error(), request);
  Response response = http::detail_response(200, "Success");
  parts_.login_cookies.write(response, signed_in->session);
  return response;
}

// Without a session there is nothing to end, and the visitor is logged out as asked.
Response SessionRoutes::logout(const Request& request) {
  if (auto ended = end_sessions(request); !ended) {
    return http::error_response(ended.error(), request);
  }
  Response response = http::detail_response(200, "Logout Successful");
  response.cookie(sessions::expired_session_cookie(parts_.config.session));
  return response;
}

Status SessionRoutes::end_sessions(const Request& request) {
  if (!request.session) return {};
  LATCHKEY_TRY_ASSIGN(const auto everywhere, request.single("everywhere"));
  if (everywhere == "1") return parts_.own_sessions.end_everywhere(*request.session);
  return parts_.sessions.end(request.session->token_hash);
}

}  // namespace latchkey::broker
