#include "broker/session_checks.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "broker/http/access_log.h"
#include "broker/http/dispatcher.h"

namespace latchkey::broker {
namespace {

struct Target {
  std::string_view path;
  Check check;
};

// As sent. Whatever is spelled otherwise goes the long way and gets the same answer.
constexpr auto kTargets = std::to_array<Target>({
    {"/api/account/", Check::account},
    {"/auth/verify", Check::verify},
    {"/api/me/", Check::me},
    {"/api/users/profile/", Check::account},
    {"/api/account", Check::account},
    {"/auth/verify/", Check::verify},
    {"/api/me", Check::me},
    {"/api/users/profile", Check::account},
});

const Target* find_target(const http::RequestHead& head) {
  if (head.method != "GET" && head.method != "HEAD") return nullptr;
  const auto* found = std::find_if(kTargets.begin(), kTargets.end(), [&head](const Target& target) {
    return target.path == head.target;
  });
  return found == kTargets.end() ? nullptr : found;
}

std::optional<std::string_view> session_token(const http::RequestHead& head,
                                              std::string_view cookie_name) {
  sessions::CookieSearch search(cookie_name);
  for (const http::HeaderField& field : head.fields()) {
    if (ascii_iequals(field.name, "Cookie")) search.look_in(field.value);
  }
  return search.found();
}

}  // namespace

http::LoopHandler::Taken SessionChecks::take(const http::IncomingRequest& request,
                                             std::string& out) {
  const Target* target = find_target(request.head);
  if (target == nullptr) return Taken::declined;
  Call call = call_of(request, target->check, target->path);
  const auto token = session_token(request.head, parts_.config.cookie_name);
  if (!token) {
    answer(call, nullptr, out);
    return Taken::answered;
  }
  if (const auto remembered = parts_.sessions.check_remembered(*token)) {
    answer(call, remembered, out);
    return Taken::answered;
  }
  parts_.sessions.check(*token, [this, call = std::move(call), ticket = request.ticket](
                                    const sessions::SessionLookup::Answer& found) {
    std::string bytes;
    answer(call, found, bytes);
    ticket.answer(std::move(bytes), !call.wire.keep_alive);
  });
  return Taken::later;
}

void SessionChecks::turn_ended() {
  const std::lock_guard lock(log_mutex_);
  log_.flush();
}

SessionChecks::Call SessionChecks::call_of(const http::IncomingRequest& request, Check check,
                                           std::string_view path) const {
  const http::RequestHead& head = request.head;
  const bool head_only = head.method == "HEAD";
  Call call{
      .check = check,
      .path = path,
      .method = head_only ? "HEAD" : "GET",
      .wire = {.keep_alive = request.keep_alive, .head_only = head_only, .http_1_0 = head.http_1_0},
      .foreign_origin = {},
      .client_ip = std::string(request.peer),
      .began = parts_.clock.monotonic()};
  std::vector<std::string_view> forwarded_for;
  for (const http::HeaderField& field : head.fields()) {
    if (ascii_iequals(field.name, "X-Forwarded-For")) forwarded_for.push_back(field.value);
  }
  if (!forwarded_for.empty()) {
    call.client_ip = parts_.proxies.client_address(call.client_ip, forwarded_for);
  }
  const auto origin = head.field("Origin");
  if (origin && parts_.origins.is_foreign_allowed(*origin)) call.foreign_origin = *origin;
  return call;
}

void SessionChecks::answer(const Call& call, const sessions::SessionLookup::Answer& found,
                           std::string& out) {
  const std::string request_id = parts_.request_ids.next();
  if (found && *found) {
    append_answer(call, **found, request_id, out);
    return note(call, 200, request_id);
  }
  const Error error = found ? Error{ErrorCode::not_authenticated} : found.error();
  const http::Response response = refuse_check(call.check, error, request_id);
  append_refusal(call, response, request_id, out);
  note(call, response.status, request_id);
}

// All but the first lines is the same each time, and made once for a session that is remembered.
void SessionChecks::append_answer(const Call& call, const sessions::LiveSession& live,
                                  std::string_view request_id, std::string& out) const {
  const std::string& rest = live.answers[static_cast<std::size_t>(call.check)].get([&] {
    http::Response response = answer_check(call.check, live);
    http::add_standard_headers(response);
    std::string text;
    http::append_rest(text, response, false);
    return text;
  });
  append_moment(call, 200, request_id, out);
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  out += call.wire.head_only
             ? std::string_view(rest).substr(0, rest.find(kHeadEnd) + kHeadEnd.size())
             : std::string_view(rest);
}

void SessionChecks::append_refusal(const Call& call, http::Response response,
                                   std::string_view request_id, std::string& out) const {
  http::add_standard_headers(response);
  append_moment(call, response.status, request_id, out);
  http::append_rest(out, response, call.wire.head_only);
}

// What differs from one answer to the next.
void SessionChecks::append_moment(const Call& call, int status, std::string_view request_id,
                                  std::string& out) const {
  http::append_start(out, status, parts_.clock.now(), call.wire);
  http::append_field(out, "X-Request-Id", request_id);
  if (call.foreign_origin.empty()) return;
  http::append_field(out, "Access-Control-Allow-Origin", call.foreign_origin);
  http::append_field(out, "Access-Control-Allow-Credentials", "true");
  http::append_field(out, "Access-Control-Expose-Headers", http::kExposedHeaders);
}

void SessionChecks::note(const Call& call, int status, std::string_view request_id) {
  const std::lock_guard lock(log_mutex_);
  http::write_access({.method = call.method,
                      .path = call.path,
                      .status = status,
                      .began = call.began,
                      .ended = parts_.clock.monotonic(),
                      .client_ip = call.client_ip,
                      .request_id = request_id},
                     [this](log::Level level, std::string_view event, log::Fields fields) {
                       log_.add(level, event, fields);
                     });
}

}  // namespace latchkey::broker
