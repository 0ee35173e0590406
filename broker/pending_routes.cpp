#include "broker/pending_routes.h"

#include <functional>

#include "broker/pending_cookie.h"

namespace latchkey::broker {
namespace {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

std::int64_t seconds_until(TimePoint then, TimePoint now) {
  return std::chrono::ceil<std::chrono::seconds>(then - now).count();
}

Response no_pending(const Request& request) {
  return http::error_response({ErrorCode::no_pending_sign_in}, request);
}

}  // namespace

void PendingRoutes::mount(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/api/social/pending/",
              .handler = std::bind_front(&PendingRoutes::show, this)});
  router.add({.method = Method::post,
              .pattern = "/api/social/pending/email/",
              .handler = std::bind_front(&PendingRoutes::send_code, this)});
  router.add({.method = Method::post,
              .pattern = "/api/social/pending/confirm/",
              .session = SessionNeed::optional,
              .handler = std::bind_front(&PendingRoutes::confirm, this)});
}

std::optional<PendingVisitor> PendingRoutes::visitor(const Request& request) const {
  const auto token = request.cookies.get(pending_cookie_name(parts_.config.session));
  if (!token) return std::nullopt;
  return PendingVisitor{
      .token = std::string(*token), .current = request.session, .visitor = visitor_of(request)};
}

// Enough for a page that is loaded again to go on where it was. The address is no secret: the
// visitor typed it, or the provider gave it to them.
void PendingRoutes::write(JsonWriter& json, const sql::PendingSignIn& pending) const {
  const TimePoint now = parts_.clock.now();
  const bool alive = parts_.proofs.code_alive(pending);
  write_pending(json, pending, parts_.config.mail);
  json.field("expires_in", seconds_until(pending.expires_at, now)).key("code_sent_to");
  pending.code ? json.value(pending.code->email) : json.null();
  json.field("code_expires_in", alive ? seconds_until(pending.code->expires_at, now) : 0)
      .field("code_tries_left", alive ? MailedCodes::kMaxTries - pending.code->tries : 0)
      .field("resend_in", std::max<std::int64_t>(parts_.proofs.resend_in(pending).count(), 0));
}

Response PendingRoutes::show(const Request& request) {
  const auto holder = visitor(request);
  if (!holder) return no_pending(request);
  const auto pending = parts_.proofs.find(holder->token);
  if (!pending) return http::error_response(pending.error(), request);
  JsonWriter json;
  json.begin_object();
  write(json, *pending);
  json.end_object();
  return http::json_response(200, json);
}

Response PendingRoutes::send_code(const Request& request) {
  const auto holder = visitor(request);
  if (!holder) return no_pending(request);
  std::optional<std::string> email;
  if (!request.body.empty()) {
    const auto body = request.json_object();
    if (!body) return http::error_response(body.error(), request);
    if (const auto typed = body->root()["email"].string()) email = std::string(*typed);
  }
  const auto pending = parts_.proofs.send_code(*holder, email);
  if (!pending && pending.error().code == ErrorCode::validation_failed) {
    return http::form_error_response(
        ErrorCode::validation_failed, "The code cannot be sent to this address.",
        {{"email",
          "Enter a valid e-mail address. For an account that exists the code goes only to the "
          "account's own address."}},
        request);
  }
  if (!pending) return http::error_response(pending.error(), request);
  JsonWriter json;
  json.begin_object().field("detail", "We have sent you a code. It works for ten minutes.");
  json.key("pending").begin_object();
  write(json, *pending);
  json.end_object().end_object();
  return http::json_response(200, json);
}

Response PendingRoutes::confirm(const Request& request) {
  const auto holder = visitor(request);
  if (!holder) return no_pending(request);
  const auto body = request.json_object();
  if (!body) return http::error_response(body.error(), request);
  const auto code = body->root()["code"].string();
  const auto password = body->root()["password"].string();
  if (code.has_value() == password.has_value()) {
    return http::form_error_response(ErrorCode::validation_failed,
                                     "Please enter the code from the mail or your password.",
                                     {{"code", "Enter the code from the mail."}}, request);
  }
  const auto done = code ? parts_.proofs.confirm_code(*holder, std::string(*code))
                         : parts_.proofs.confirm_password(*holder, Secret(std::string(*password)));
  return done ? confirmed(*done) : http::error_response(done.error(), request);
}

Response PendingRoutes::confirmed(const PendingProofs::Confirmed& confirmed) const {
  JsonWriter json;
  json.begin_object()
      .field("detail", "success")
      .field("next", parts_.targets.resolve(confirmed.next))
      .key("user")
      .begin_object();
  write_user(json, confirmed.signed_in.user);
  json.end_object().end_object();
  Response response = http::json_response(200, json);
  parts_.login_cookies.write(response, confirmed.signed_in.session);
  response.cookie(expired_pending_cookie(parts_.config.session));
  return response;
}

}  // namespace latchkey::broker
