#include "broker/admin/audit_routes.h"

#include "base/try.h"
#include "broker/admin/cursor.h"
#include "broker/admin/explain.h"
#include "broker/admin/form.h"
#include "broker/admin/user_json.h"

namespace latchkey::broker::admin {
namespace {

using http::Request;
using http::Response;
using sql::AuditEntry;
using sql::AuditKey;

constexpr TimePoint kLatest =
    std::chrono::sys_days(std::chrono::year(9999) / std::chrono::December / 31);

std::string cursor_of(const AuditEntry& entry) {
  return make_cursor(
      {std::to_string(entry.event.at.time_since_epoch().count()), std::to_string(entry.id)});
}

Result<std::optional<AuditKey>> key_in(const Request& request) {
  LATCHKEY_TRY_ASSIGN(const auto page, wanted_text(request, "page"));
  if (!page) return std::nullopt;
  const auto parts = read_cursor(*page);
  if (!parts || parts->size() != 2) return fail(ErrorCode::parameters_invalid, "page");
  const auto at = cursor_number((*parts)[0]);
  const auto id = cursor_number((*parts)[1]);
  // PostgreSQL has no time for every number.
  if (!at || !id || *at < 0 || TimePoint(Duration(*at)) > kLatest) {
    return fail(ErrorCode::parameters_invalid, "page");
  }
  return AuditKey{.at = TimePoint(Duration(*at)), .id = *id};
}

Result<sql::AuditFilter> filter_in(const Request& request) {
  sql::AuditFilter filter;
  LATCHKEY_TRY_ASSIGN(const auto user, wanted_text(request, "user"));
  if (user) {
    LATCHKEY_TRY_ASSIGN(filter.user, parse_id(*user, ErrorCode::parameters_invalid));
  }
  LATCHKEY_TRY_ASSIGN(filter.action, wanted_text(request, "action"));
  LATCHKEY_TRY_ASSIGN(filter.since, wanted_time(request, "since"));
  LATCHKEY_TRY_ASSIGN(filter.until, wanted_time(request, "until"));
  return filter;
}

struct AuditPage {
  std::vector<AuditEntry> entries;
  std::optional<std::string> next;
};

Result<AuditPage> read_page(sql::Pool& pool, const Request& request, int size) {
  LATCHKEY_TRY_ASSIGN(const sql::AuditFilter filter, filter_in(request));
  LATCHKEY_TRY_ASSIGN(const std::optional<AuditKey> behind, key_in(request));
  auto lease = pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  auto entries = sql::audit_log::list(**lease, filter, behind, size + 1);
  if (!entries) return fail(sql::to_error(entries.error()));
  AuditPage page{.entries = std::move(*entries), .next = {}};
  if (page.entries.size() > static_cast<std::size_t>(size)) {
    page.entries.resize(static_cast<std::size_t>(size));
    page.next = cursor_of(page.entries.back());
  }
  return page;
}

Result<bool> wants_lines(const Request& request) {
  LATCHKEY_TRY_ASSIGN(const auto format, wanted_text(request, "format"));
  if (format && *format != "json" && *format != "ndjson") {
    return fail(ErrorCode::parameters_invalid, "format");
  }
  if (format) return *format == "ndjson";
  const auto accept = request.headers.get("Accept");
  return accept && accept->find("application/x-ndjson") != std::string_view::npos;
}

// The next page is asked for with the cursor of the header, because every line is an entry.
Response as_lines(const AuditPage& page) {
  Response response{.status = 200, .content_type = "application/x-ndjson"};
  for (const AuditEntry& entry : page.entries) {
    JsonWriter json;
    write_entry(json, entry);
    response.body += json.text() + "\n";
  }
  if (page.next) response.header("X-Next-Page", *page.next);
  return response;
}

Response as_object(const AuditPage& page) {
  JsonWriter json;
  json.begin_object().key("results").begin_array();
  for (const AuditEntry& entry : page.entries) write_entry(json, entry);
  json.end_array().field("next", page.next).end_object();
  return http::json_response(200, json);
}

Response as_answer(std::string json) {
  return {.status = 200, .content_type = "application/json", .body = std::move(json)};
}

}  // namespace

void AuditRoutes::mount(http::Router& router) {
  parts_.gate.mount_read(router, "/api/admin/audit/", std::bind_front(&AuditRoutes::list, this));
  parts_.gate.mount_read(router, "/api/admin/explain/",
                         std::bind_front(&AuditRoutes::explain, this));
}

Response AuditRoutes::list(const Request& request) const {
  const auto lines = wants_lines(request);
  if (!lines) return http::error_response(lines.error(), request);
  const auto page = read_page(parts_.pool, request, *lines ? kExportPage : kPage);
  if (!page) return http::error_response(page.error(), request);
  return *lines ? as_lines(*page) : as_object(*page);
}

Response AuditRoutes::explain(const Request& request) const {
  const auto visitor = visitor_in(request, parts_.config);
  if (!visitor) return http::error_response(visitor.error(), request);
  if (!visitor->domain_allowed) return as_answer(domain_refusal_json());
  const auto explanation = parts_.desk.explain(visitor->identity);
  if (!explanation) return http::error_response(explanation.error(), request);
  return as_answer(explanation_json(*explanation));
}

}  // namespace latchkey::broker::admin
