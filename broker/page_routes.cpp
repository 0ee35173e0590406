#include "broker/page_routes.h"

#include <functional>

#include "broker/page_template.h"
#include "web/assets.h"

namespace latchkey::broker {
namespace {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

constexpr std::string_view kOpenApi = "openapi.json";

// Pages that are the same for everybody. Mails link to /email/verify, /password/reset and
// /auth/pending, each with a fragment.
constexpr std::pair<const char*, std::string_view> kPages[] = {
    {"/login", "pages/login.html"},
    {"/signup", "pages/signup.html"},
    {"/account", "pages/account.html"},
    {"/email/verify", "pages/verify.html"},
    {"/password/forgot", "pages/forgot.html"},
    {"/password/reset", "pages/reset.html"},
    {"/auth/pending", "pages/pending.html"},
    {"/admin/", "admin/admin.html"},
};

Response file(const web::Asset& asset, const Request& request) {
  Response response{.status = 200};
  if (request.headers.get("If-None-Match") == asset.etag) {
    response.status = 304;
  } else {
    response.content_type = asset.content_type;
    response.body = asset.body;
  }
  response.header("ETag", std::string(asset.etag)).header("Cache-Control", "public, max-age=300");
  return response;
}

// The pages and the description have routes of their own.
bool is_for_pages(std::string_view name) { return !name.ends_with(".html") && name != kOpenApi; }

Response asset(const std::string& name, const Request& request) {
  const web::Asset* found = web::find_asset(name);
  if (found == nullptr || !is_for_pages(name)) {
    return http::error_response({ErrorCode::not_found}, request);
  }
  return file(*found, request);
}

}  // namespace

void PageRoutes::mount(http::Router& router) {
  const auto add = [&router](const char* pattern, http::Handler handler,
                             SessionNeed session = SessionNeed::none) {
    router.add({.method = Method::get,
                .pattern = pattern,
                .session = session,
                .handler = std::move(handler)});
  };
  const auto add_page = [&](const char* pattern, std::string_view path) {
    add(pattern, [html = render_page(path, config_)](const Request&) {
      return http::html_response(200, html);
    });
  };
  for (const auto& [pattern, path] : kPages) add_page(pattern, path);
  add("/auth/error", std::bind_front(&PageRoutes::error_page, this));
  add("/auth/continue", std::bind_front(&PageRoutes::go_on, this));
  add("/auth/settings", [this](const Request&) { return settings(); });
  add("/auth/assets/{id}", [](const Request& request) { return asset(request.id, request); });
  add("/auth/assets/pages/{id}",
      [](const Request& request) { return asset("pages/" + request.id, request); });
  add("/auth/assets/admin/{id}",
      [](const Request& request) { return asset("admin/" + request.id, request); });
  add("/openapi.json",
      [](const Request& request) { return file(*web::find_asset(kOpenApi), request); });
  if (config_.server.demo) {
    add_page("/", "pages/demo.html");
  } else {
    add("/", std::bind_front(&PageRoutes::root, this), SessionNeed::optional);
  }
}

Response PageRoutes::root(const Request& request) const {
  return http::redirect_response(302, request.session ? "/account" : login_page(config_.spa));
}

// What a page must know before it offers a form. Nothing here depends on the visitor.
Response PageRoutes::settings() const {
  const config::Accounts& accounts = config_.accounts;
  const bool mandatory = accounts.email_verification == config::EmailVerification::mandatory;
  const config::Limits& limits = config_.limits;
  const auto mail_interval = limits.enabled ? limits.mail_interval : config::seconds{};
  JsonWriter json;
  json.begin_object()
      .field("signup", accounts.signup)
      .field("mail", post_office_.configured())
      .field("email_verification", mandatory ? "mandatory" : "optional")
      .field("password_min_length", accounts.password_min_length)
      .field("mail_interval", mail_interval.count())
      .end_object();
  return http::json_response(200, json);
}

// The page a link of an SPA may point at; the fault itself happened elsewhere, so this is a 200.
Response PageRoutes::error_page(const Request& request) const {
  const auto text = request.single("error");
  const auto provider = request.single("provider");
  ErrorCode code = ErrorCode::internal_error;
  if (text && *text) parse_error_code(**text, code);
  return faults_.page(200, code, provider ? provider->value_or("") : "", request);
}

// Where the sign-in page goes after a password login: only the server can tell which `next` is
// ours.
Response PageRoutes::go_on(const Request& request) const {
  const auto next = request.single("next");
  return http::redirect_response(303, targets_.resolve(next ? next->value_or("") : ""));
}

}  // namespace latchkey::broker
