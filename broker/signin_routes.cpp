#include "broker/signin_routes.h"

#include <functional>

#include "base/crypto.h"
#include "base/log.h"
#include "base/try.h"
#include "broker/pending_cookie.h"

namespace latchkey::broker {
namespace {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

// From the query of a redirect or a GET.
Result<CompletionRequest> parse_query_completion(const Request& request) {
  CompletionRequest completion{.provider = request.provider, .visitor = visitor_of(request)};
  LATCHKEY_TRY_ASSIGN(completion.state, request.single("state"));
  LATCHKEY_TRY_ASSIGN(completion.code, request.single("code"));
  LATCHKEY_TRY_ASSIGN(completion.iss, request.single("iss"));
  LATCHKEY_TRY_ASSIGN(completion.error, request.single("error"));
  completion.current = request.session;
  return completion;
}

// The session is taken from its cookie unseen: a flow begins without asking the database.
Result<BeginRequest> parse_begin(const Request& request, const config::Session& config) {
  BeginRequest begin{.provider = request.provider, .next = {}, .session_token_hash = {}};
  LATCHKEY_TRY_ASSIGN(const auto next, request.single("next"));
  LATCHKEY_TRY_ASSIGN(const auto intent, request.single("intent"));
  begin.next = next.value_or("");
  if (!intent) return begin;
  if (*intent != "reauthenticate") return fail(ErrorCode::parameters_invalid, "intent");
  begin.intent = Intent::reauthenticate;
  if (const auto token = request.cookies.get(config.cookie_name)) {
    begin.session_token_hash = sha256(*token);
  }
  if (begin.next.empty()) begin.next = "/account";
  return begin;
}

std::optional<std::string> text_member(JsonView object, std::string_view name) {
  const auto text = object[name].string();
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

// From the body of an SPA's POST.
Result<CompletionRequest> parse_body_completion(const Request& request) {
  LATCHKEY_TRY_ASSIGN(const JsonDocument body, request.json_object());
  const JsonView root = body.root();
  return CompletionRequest{.provider = request.provider,
                           .state = text_member(root, "state"),
                           .code = text_member(root, "code"),
                           .iss = text_member(root, "iss"),
                           .error = text_member(root, "error"),
                           .current = request.session,
                           .visitor = visitor_of(request)};
}

void log_fault(const Error& error, const Request& request) {
  log::info("signin.refused", {{"provider", request.provider},
                               {"reason", describe(error.code).code},
                               {"detail", error.detail},
                               {"request_id", request.request_id}});
}

}  // namespace

void SigninRoutes::mount(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/auth/providers",
              .handler = std::bind_front(&SigninRoutes::list_providers, this)});
  router.add({.method = Method::get,
              .pattern = "/auth/{provider}/login",
              .handler = std::bind_front(&SigninRoutes::begin, this)});
  router.add({.method = Method::get,
              .pattern = "/auth/{provider}/callback",
              .session = SessionNeed::optional,
              .handler = std::bind_front(&SigninRoutes::callback, this)});
  router.add({.method = Method::get,
              .pattern = "/api/social/{provider}/",
              .session = SessionNeed::optional,
              .handler = std::bind_front(&SigninRoutes::complete_as_json, this)});
  router.add({.method = Method::post,
              .pattern = "/api/social/{provider}/",
              .session = SessionNeed::optional,
              .handler = std::bind_front(&SigninRoutes::complete_as_json, this),
              .flow_guarded = true});
}

std::string SigninRoutes::login_url(const std::string& provider) const {
  return parts_.config.server.public_url + "/auth/" + provider + "/login";
}

Response SigninRoutes::list_providers(const Request&) const {
  JsonWriter json;
  json.begin_object().key("providers").begin_array();
  for (const providers::Provider* provider : parts_.providers.all()) {
    json.begin_object()
        .field("id", provider->id())
        .field("label", provider->label())
        .field("login_url", login_url(provider->id()))
        .end_object();
  }
  json.end_array().end_object();
  return http::json_response(200, json);
}

Response SigninRoutes::begin(const Request& request) {
  const bool as_json = request.accepts_json_only();
  const auto fault = [&](const Error& error) {
    log_fault(error, request);
    return as_json ? http::error_response(error, request)
                   : parts_.faults.answer(error, request.provider, request);
  };
  const auto parsed = parse_begin(request, parts_.config.session);
  if (!parsed) return fault(parsed.error());
  auto begun = parts_.flow.begin(*parsed, request.cookies);
  if (!begun) return fault(begun.error());
  Response response = as_json ? authorize_url_response(begun->authorize_url)
                              : http::redirect_response(302, begun->authorize_url);
  return response.with_cookies(std::move(begun->cookies));
}

Response SigninRoutes::callback(const Request& request) {
  auto parsed = parse_query_completion(request);
  if (!parsed) {
    log_fault(parsed.error(), request);
    return parts_.faults.answer(parsed.error(), request.provider, request);
  }
  auto completion = parts_.flow.complete(*parsed, request.cookies);
  if (!completion.result) log_fault(completion.result.error(), request);
  Response response = completion.result ? completed_in_browser(*completion.result)
                                        : parts_.faults.answer(completion.result.error(),
                                                               request.provider, request);
  return response.with_cookies(std::move(completion.cookies));
}

Response SigninRoutes::complete_as_json(const Request& request) {
  auto parsed = request.method == Method::post ? parse_body_completion(request)
                                               : parse_query_completion(request);
  if (!parsed) return http::error_response(parsed.error(), request);
  auto completion = parts_.flow.complete(*parsed, request.cookies);
  if (!completion.result) log_fault(completion.result.error(), request);
  Response response = completion.result ? completed_as_json(*completion.result)
                                        : http::error_response(completion.result.error(), request);
  return response.with_cookies(std::move(completion.cookies));
}

Response SigninRoutes::completed_in_browser(const Completed& completed) const {
  std::string location = completed.next;
  if (std::holds_alternative<Pending>(completed.outcome)) {
    const std::string& page = parts_.config.spa.pending_url;
    location = page.empty() ? "/auth/pending" : page;
  }
  Response response = http::redirect_response(303, std::move(location));
  write_completed(response, completed);
  return response;
}

Response SigninRoutes::completed_as_json(const Completed& completed) const {
  JsonWriter json;
  json.begin_object();
  int status = 200;
  if (const auto* pending = std::get_if<Pending>(&completed.outcome)) {
    status = 202;
    json.field("detail", "One more step: prove that the account or the address is yours.")
        .field("code", "pending")
        .key("pending")
        .begin_object();
    write_pending(json, pending->pending, parts_.config.mail);
    json.end_object();
  } else {
    json.field("detail", "success").field("next", completed.next);
    const auto write_member = [&json](const sql::User& user) {
      json.key("user").begin_object();
      write_user(json, user);
      json.end_object();
    };
    if (const auto* in = std::get_if<SignedIn>(&completed.outcome)) write_member(in->user);
    if (const auto* in = std::get_if<Connected>(&completed.outcome)) write_member(in->user);
    if (const auto* in = std::get_if<AlreadySignedIn>(&completed.outcome)) write_member(in->user);
    if (const auto* in = std::get_if<Reauthenticated>(&completed.outcome)) write_member(in->user);
  }
  json.end_object();
  Response response = http::json_response(status, json);
  write_completed(response, completed);
  return response;
}

void SigninRoutes::write_completed(Response& response, const Completed& completed) const {
  if (const auto* signed_in = std::get_if<SignedIn>(&completed.outcome)) {
    parts_.login_cookies.write(response, signed_in->session);
  }
  if (const auto* pending = std::get_if<Pending>(&completed.outcome)) {
    response.cookie(pending_cookie(parts_.config.session, pending->token));
  }
}

}  // namespace latchkey::broker
