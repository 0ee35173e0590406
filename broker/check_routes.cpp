#include "broker/check_routes.h"

#include <algorithm>
#include <array>

#include "broker/visitor_answers.h"

namespace latchkey::broker {
namespace {

constexpr int kUnauthorized = 401;

http::Response account(const sessions::LiveSession& live) {
  JsonWriter json;
  json.begin_object();
  write_user(json, live.user);
  json.key("identities");
  write_identities(json, live.identities);
  json.end_object();
  return http::json_response(200, json);
}

// `id` is a string, as token clients know their `sub`.
http::Response me(const sessions::LiveSession& live) {
  JsonWriter json;
  json.begin_object().field("id", std::to_string(live.user.id));
  write_profile(json, live.user);
  json.end_object();
  return http::json_response(200, json);
}

// Header fields carry ASCII: everything else of a name, and the escape itself, is percent-encoded
// UTF-8 (RFC 3986 section 2.1). Control bytes never get through (header injection).
std::string header_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= ' ' && c < '\x7f' && c != '%') {
      out += c;
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      out.append(1, '%').append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 0xfU]);
    }
  }
  return out;
}

http::Response verify(const sessions::LiveSession& live) {
  http::Response response{.status = 200};
  response.header("X-Auth-User-Id", std::to_string(live.user.id))
      .header("X-Auth-Email", header_text(live.user.email))
      .header("X-Auth-Name", header_text(live.user.name))
      .header("X-Auth-Staff", live.user.is_staff ? "true" : "false");
  return response;
}

http::Handler handler_of(Check check) {
  return [check](const http::Request& request) {
    return request.session
               ? answer_check(check, *request.session)
               : refuse_check(check, {ErrorCode::not_authenticated}, request.request_id);
  };
}

}  // namespace

http::Response answer_check(Check check, const sessions::LiveSession& live) {
  switch (check) {
    case Check::account:
      return account(live);
    case Check::me:
      return me(live);
    case Check::verify:
      return verify(live);
  }
  throw std::logic_error("no such check");
}

http::Response refuse_check(Check check, const Error& error, std::string_view request_id) {
  http::Response response = http::error_response(error, request_id);
  const bool anonymous = error.code == ErrorCode::not_authenticated;
  // Proxies act on 401, and so do clients that refresh tokens; it must name a way in (RFC 9110
  // section 15.5.2).
  if (anonymous && check != Check::account) {
    response.status = kUnauthorized;
    response.header("WWW-Authenticate", R"(Session realm="latchkey")");
  }
  // Blank, so that a proxy that copies them overwrites what the client sent (SECURITY rule 17).
  if (check == Check::verify) {
    for (const char* name : {"X-Auth-User-Id", "X-Auth-Email", "X-Auth-Name", "X-Auth-Staff"}) {
      response.header(name, "");
    }
  }
  return response;
}

void mount_check_routes(http::Router& router) {
  // The second name of the first is what front ends written for Django's user profile call.
  constexpr std::pair<const char*, Check> kRoutes[] = {
      {"/api/account/", Check::account},
      {"/api/users/profile/", Check::account},
      {"/api/me/", Check::me},
      {"/auth/verify", Check::verify},
  };
  for (const auto& [pattern, check] : kRoutes) {
    router.add({.method = http::Method::get,
                .pattern = pattern,
                .session = http::SessionNeed::optional,
                .handler = handler_of(check)});
  }
}

}  // namespace latchkey::broker
