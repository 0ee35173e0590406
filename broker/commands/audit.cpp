#include <fmt/core.h>

#include "broker/admin/form.h"
#include "broker/admin/user_json.h"
#include "broker/commands/office.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker::commands {
namespace {

constexpr int kPage = 500;

void print_entry(const sql::AuditEntry& entry, bool as_json) {
  if (as_json) {
    JsonWriter json;
    admin::write_entry(json, entry);
    fmt::print("{}\n", json.text());
    return;
  }
  const sql::AuditEvent& event = entry.event;
  const std::string user = event.user_id ? std::to_string(*event.user_id) : "-";
  fmt::print("{}  {:<20}  {:>8}  {:<24}  {}\n", rfc3339(event.at), event.action, user, event.actor,
             event.reason);
}

bool read_time(const std::string& text, std::optional<TimePoint>& out) {
  if (text.empty()) return true;
  out = admin::parse_time(text);
  if (!out) complain("not a time such as 2026-11-21T08:30:00Z or a date: " + text);
  return out.has_value();
}

}  // namespace

int read_audit(const std::string& config_file, const ReadAudit& wanted) {
  int exit_code = kDone;
  sql::AuditFilter filter;
  if (!read_time(wanted.since, filter.since) || !read_time(wanted.until, filter.until)) {
    return kMisconfigured;
  }
  const auto office = Office::open(config_file, exit_code);
  if (!office) return exit_code;
  if (!wanted.action.empty()) filter.action = wanted.action;
  if (!wanted.user.empty()) {
    const auto user = office->find_user(wanted.user);
    if (!user) return kFailed;
    filter.user = user->id;
  }
  const auto lease = office->pool.acquire();
  if (!lease) return complain(lease.error().detail);
  std::optional<sql::AuditKey> behind;
  for (int left = wanted.limit; left > 0;) {
    const int size = std::min(left, kPage);
    const auto entries = sql::audit_log::list(**lease, filter, behind, size);
    if (!entries) return complain(entries.error().detail);
    for (const sql::AuditEntry& entry : *entries) print_entry(entry, wanted.as_json);
    left -= size;
    if (entries->size() < static_cast<std::size_t>(size)) break;
    behind = {.at = entries->back().event.at, .id = entries->back().id};
  }
  return kDone;
}

}  // namespace latchkey::broker::commands
