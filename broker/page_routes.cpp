#include "broker/page_routes.h"

#include <functional>

#include "web/assets.h"

namespace latchkey::broker {
namespace {

using http::Method;
using http::Request;
using http::Response;
using http::SessionNeed;

constexpr std::string_view kOpenApi = "openapi.json";

Response page(std::string_view name) {
  return http::html_response(200, std::string(web::find_asset(name)->body));
}

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
  add("/login", [](const Request&) { return page("login.html"); });
  add("/account", [](const Request&) { return page("account.html"); });
  add("/auth/pending", [](const Request&) { return page("pending.html"); });
  add("/auth/error", std::bind_front(&PageRoutes::error_page, this));
  add("/auth/continue", std::bind_front(&PageRoutes::go_on, this));
  add("/auth/assets/{id}", [](const Request& request) { return asset(request.id, request); });
  add("/auth/assets/pages/{id}",
      [](const Request& request) { return asset("pages/" + request.id, request); });
  add("/auth/assets/admin/{id}",
      [](const Request& request) { return asset("admin/" + request.id, request); });
  // Nothing of it is secret: what it shows comes from the API, which asks who wants to know.
  add("/admin/", [](const Request&) {
    return http::html_response(200, std::string(web::find_asset("admin/admin.html")->body));
  });
  add("/openapi.json",
      [](const Request& request) { return file(*web::find_asset(kOpenApi), request); });
  add("/", std::bind_front(&PageRoutes::root, this),
      config_.server.demo ? SessionNeed::none : SessionNeed::optional);
}

Response PageRoutes::root(const Request& request) const {
  if (config_.server.demo) return page("demo.html");
  return http::redirect_response(302, request.session ? "/account" : login_page(config_.spa));
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
