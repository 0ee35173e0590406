#include "broker/admin/staff_gate.h"

#include <charconv>

#include "base/try.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker::admin {
namespace {

using http::Request;
using http::Response;

bool is_staff(const Request& request) { return request.session && request.session->user.is_staff; }

// Whoever asks for a trial must never get the real thing because of a spelling.
Result<bool> wants_dry_run(const Request& request) {
  LATCHKEY_TRY_ASSIGN(const auto value, request.single("dry_run"));
  if (!value || *value == "0" || *value == "false") return false;
  if (*value == "1" || *value == "true") return true;
  return fail(ErrorCode::parameters_invalid, "dry_run");
}

Result<std::string> reason_of(const Request& request, JsonView body) {
  if (const auto reason = body["reason"].string()) return std::string(*reason);
  if (request.method != http::Method::del) return std::string();
  LATCHKEY_TRY_ASSIGN(auto reason, request.single("reason"));
  return std::move(reason).value_or("");
}

Result<Order> order_of(const Request& request, JsonView body) {
  const sql::User& staff = request.session->user;
  Order order{.actor = {.user = staff.id, .name = staff.email, .visitor = visitor_of(request)}};
  LATCHKEY_TRY_ASSIGN(order.dry_run, wants_dry_run(request));
  LATCHKEY_TRY_ASSIGN(order.reason, reason_of(request, body));
  return order;
}

void write_state(JsonWriter& json, std::string_view name, const std::string& state) {
  json.key(name);
  state.empty() ? json.null() : json.raw(state);
}

void write_change(JsonWriter& json, const Change& change) {
  json.begin_object().field("action", change.action).field("user_id", change.user);
  if (!change.provider.empty()) {
    json.field("provider", change.provider).field("subject", change.subject);
  }
  write_state(json, "before", change.before);
  write_state(json, "after", change.after);
  json.end_object();
}

}  // namespace

Response refused(const Refusal& refusal, const Request& request) {
  if (refusal.field.empty()) return http::error_response(refusal.error, request);
  return http::form_error_response(refusal.error.code, describe(refusal.error.code).sentence,
                                   {{refusal.field, refusal.sentence}}, request);
}

std::string report_json(const Report& report, bool dry_run) {
  JsonWriter json;
  json.begin_object().field("dry_run", dry_run).key("changes").begin_array();
  for (const Change& change : report.changes) write_change(json, change);
  json.end_array().key("warnings").begin_array();
  for (const std::string& warning : report.warnings) json.value(warning);
  json.end_array();
  if (!report.preview.empty()) json.key("report").raw(report.preview);
  if (!dry_run && !report.answer.empty()) json.key("result").raw(report.answer);
  json.end_object();
  return json.text();
}

Result<std::int64_t> parse_id(const std::string& text, ErrorCode otherwise) {
  std::int64_t id = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, id);
  if (fault != std::errc() || stop != end || id <= 0) return fail(otherwise);
  return id;
}

void StaffGate::mount_read(http::Router& router, std::string pattern, http::Handler read) const {
  router.add({.method = http::Method::get,
              .pattern = std::move(pattern),
              .session = http::SessionNeed::required,
              .handler = [read = std::move(read)](const Request& request) {
                if (is_staff(request)) return read(request);
                return http::error_response({ErrorCode::permission_denied}, request);
              }});
}

void StaffGate::mount_change(http::Router& router, ChangeRoute route) const {
  const http::Method method = route.method;
  std::string pattern = route.pattern;
  router.add({.method = method,
              .pattern = std::move(pattern),
              .session = http::SessionNeed::required,
              .handler = [this, route = std::move(route)](const Request& request) {
                return answer_change(route, request);
              }});
}

Response StaffGate::answer_change(const ChangeRoute& route, const Request& request) const {
  if (!is_staff(request)) return http::error_response({ErrorCode::permission_denied}, request);
  if (!sessions_.recently_authenticated(*request.session)) {
    return http::error_response({ErrorCode::reauthentication_required}, request);
  }
  std::optional<JsonDocument> document;
  if (!request.body.empty()) {
    auto parsed = request.json_object();
    if (!parsed) return http::error_response(parsed.error(), request);
    document = std::move(*parsed);
  }
  const JsonView body = document ? document->root() : JsonView();
  const auto order = order_of(request, body);
  if (!order) return http::error_response(order.error(), request);
  const auto report = route.change(request, body, *order);
  if (!report) return refused(report.error(), request);
  const bool as_report = order->dry_run || report->answer.empty();
  return {.status = order->dry_run ? 200 : route.status,
          .content_type = "application/json",
          .body = as_report ? report_json(*report, order->dry_run) : report->answer};
}

}  // namespace latchkey::broker::admin
