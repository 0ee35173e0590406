#include "broker/credential_routes.h"

namespace latchkey::broker {
namespace {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

// A member of the form as text; what is missing or no text is empty, and faulted as such.
std::string text(JsonView form, std::string_view member) {
  return std::string(form[member].string().value_or(""));
}

Response fault_response(const FormFault& fault, const Request& request) {
  if (fault.field.empty()) return http::error_response(fault.error, request);
  return http::form_error_response(fault.error.code, fault.sentence,
                                   {{fault.field, fault.sentence}}, request);
}

Response done(const FormResult<void>& result, int status, std::string_view sentence,
              const Request& request) {
  return result ? http::detail_response(status, sentence) : fault_response(result.error(), request);
}

std::string_view sentence_of(EmailVerification::Proven proven) {
  switch (proven) {
    case EmailVerification::Proven::sign_up:
      return "Your e-mail address is confirmed.";
    case EmailVerification::Proven::sign_up_without_password:
      return "Your e-mail address is confirmed. Please choose a password with \"Forgot your "
             "password?\" before you sign in.";
    case EmailVerification::Proven::new_address:
      return "This is the address of your account from now on.";
  }
  return {};
}

}  // namespace

void CredentialRoutes::mount(http::Router& router) {
  const auto add = [&](const std::string& pattern, SessionNeed session, auto member) {
    router.add({.method = Method::post,
                .pattern = pattern,
                .session = session,
                .handler = [this, member](const Request& request) {
                  const auto body = request.json_object();
                  return body ? (this->*member)(request, body->root())
                              : http::error_response(body.error(), request);
                }});
  };
  add("/api/signup/", SessionNeed::none, &CredentialRoutes::sign_up);
  add("/api/email/verify/", SessionNeed::optional, &CredentialRoutes::verify_email);
  add("/api/email/verify/resend/", SessionNeed::optional,
      &CredentialRoutes::send_verification_again);
  add("/api/email/change/", SessionNeed::required, &CredentialRoutes::change_email);
  add("/api/password/change/", SessionNeed::required, &CredentialRoutes::change_password);
  add("/api/password/reset/", SessionNeed::none, &CredentialRoutes::ask_reset);
  add("/api/password/reset/confirm/", SessionNeed::none, &CredentialRoutes::confirm_reset);
  add("/api/reauthenticate/", SessionNeed::required, &CredentialRoutes::reauthenticate);
}

// 202: what was asked for is not done yet, and whether it will be is told by mail alone.
Response CredentialRoutes::sign_up(const Request& request, JsonView form) {
  const auto result = parts_.signup.sign_up({.email = text(form, "email"),
                                             .password = Secret(text(form, "password")),
                                             .name = text(form, "name"),
                                             .next = text(form, "next"),
                                             .visitor = visitor_of(request)});
  return done(result, 202, "We have sent you a mail. Please follow the link in it to go on.",
              request);
}

Response CredentialRoutes::verify_email(const Request& request, JsonView form) {
  const auto verified =
      parts_.verification.verify(text(form, "token"), request.session, visitor_of(request));
  if (!verified) return http::error_response(verified.error(), request);
  using Proven = EmailVerification::Proven;
  JsonWriter json;
  json.begin_object()
      .field("detail", sentence_of(verified->proven))
      .field("email", verified->email)
      .field("password_needed", verified->proven == Proven::sign_up_without_password)
      .field("next", parts_.targets.resolve(verified->next))
      .end_object();
  return http::json_response(200, json);
}

Response CredentialRoutes::send_verification_again(const Request& request, JsonView form) {
  const std::string email = request.session && !form["email"].exists() ? request.session->user.email
                                                                       : text(form, "email");
  return done(parts_.verification.send_again(email, visitor_of(request)), 200,
              "If this address waits to be confirmed, we have sent the link again.", request);
}

Response CredentialRoutes::change_email(const Request& request, JsonView form) {
  return done(parts_.email_change.ask(*request.session, text(form, "email"), visitor_of(request)),
              200, "We have sent a mail to the new address. Please follow the link in it.",
              request);
}

Response CredentialRoutes::change_password(const Request& request, JsonView form) {
  PasswordChangeRequest change{.current = request.session,
                               .current_password = std::nullopt,
                               .new_password = Secret(text(form, "new_password")),
                               .visitor = visitor_of(request)};
  if (const auto password = form["current_password"].string(); password && !password->empty()) {
    change.current_password = Secret(std::string(*password));
  }
  const auto session = parts_.password_change.change(change);
  if (!session) {
    const FormFault& fault = session.error();
    if (fault.error.code != ErrorCode::invalid_credentials) return fault_response(fault, request);
    constexpr std::string_view kWrong = "This is not your current password.";
    return http::form_error_response(fault.error.code, kWrong, {{"current_password", kWrong}},
                                     request);
  }
  Response response = http::detail_response(200, "Your password is changed.");
  parts_.login_cookies.write(response, *session);
  return response;
}

Response CredentialRoutes::ask_reset(const Request& request, JsonView form) {
  const auto result =
      parts_.password_reset.ask(text(form, "email"), text(form, "next"), visitor_of(request));
  return done(result, 200, "If there is an account with this address, we have sent a mail to it.",
              request);
}

Response CredentialRoutes::confirm_reset(const Request& request, JsonView form) {
  const auto renewed = parts_.password_reset.confirm(
      text(form, "token"), Secret(text(form, "password")), visitor_of(request));
  if (!renewed) return fault_response(renewed.error(), request);
  JsonWriter json;
  json.begin_object()
      .field("detail", "Your password is changed. You can sign in with it now.")
      .field("email", renewed->email)
      .field("next", parts_.targets.resolve(renewed->next))
      .end_object();
  return http::json_response(200, json);
}

Response CredentialRoutes::reauthenticate(const Request& request, JsonView form) {
  const auto result = parts_.reauthentication.by_password(
      *request.session, Secret(text(form, "password")), visitor_of(request));
  return result ? http::detail_response(200, "Thank you, it is you.")
                : http::error_response(result.error(), request);
}

}  // namespace latchkey::broker
