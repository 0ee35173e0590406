#include "broker/session_checks.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "broker/http/wire.h"

namespace latchkey::broker {
namespace {

// Routes whose handlers answer from the session alone and so never block.
constexpr auto kTargets = std::to_array<std::string_view>(
    {"/api/account/", "/api/account", "/api/users/profile/", "/api/users/profile"});

bool is_session_check(const http::RequestHead& head) {
  return (head.method == "GET" || head.method == "HEAD") &&
         std::find(kTargets.begin(), kTargets.end(), head.target) != kTargets.end();
}

std::vector<std::string_view> cookie_fields(const http::RequestHead& head) {
  std::vector<std::string_view> values;
  for (const http::HeaderField& field : head.fields()) {
    if (ascii_iequals(field.name, "Cookie")) values.push_back(field.value);
  }
  return values;
}

http::RawRequest to_raw(const http::IncomingRequest& request, sessions::LiveSession session) {
  http::RawRequest raw{.method = std::string(request.head.method),
                       .path = std::string(request.head.target),
                       .target = std::string(request.head.target),
                       .peer = std::string(request.peer),
                       .session = std::move(session)};
  for (const http::HeaderField& field : request.head.fields()) {
    raw.headers.add(std::string(field.name), std::string(field.value));
  }
  return raw;
}

}  // namespace

http::LoopHandler::Taken SessionChecks::take(const http::IncomingRequest& request,
                                             std::string& out) {
  if (!is_session_check(request.head)) return Taken::declined;
  const auto jar = sessions::CookieJar::parse(cookie_fields(request.head));
  const auto token = jar.get(config_.cookie_name);
  if (!token) return Taken::declined;
  auto remembered = sessions_.check_remembered(*token);
  if (!remembered) return Taken::declined;
  const http::WireOptions wire{.keep_alive = request.keep_alive,
                               .head_only = request.head.method == "HEAD",
                               .http_1_0 = request.head.http_1_0};
  dispatcher_.handle(to_raw(request, std::move(*remembered)),
                     [&out, &wire](const http::Response& response) {
                       http::append_response(out, response, wire);
                     });
  return Taken::answered;
}

}  // namespace latchkey::broker
