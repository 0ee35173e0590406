#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "base/try.h"
#include "broker/admin/form.h"
#include "broker/admin/user_json.h"
#include "broker/commands/office.h"
#include "broker/commands/terminal.h"
#include "broker/commands/user_text.h"

namespace latchkey::broker::commands {
namespace {

constexpr int kPage = 500;

Attempt<std::optional<TimePoint>> read_time(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto time = admin::parse_time(text);
  if (time) return time;
  return complain(kMisused, text +
                                " is not a time; write it like 2026-11-21T08:30:00Z, in UTC, or "
                                "a date like 2026-11-21.");
}

void print_lines(const std::vector<sql::AuditEntry>& entries) {
  for (const sql::AuditEntry& entry : entries) {
    JsonWriter json;
    admin::write_entry(json, entry);
    fmt::print("{}\n", shown_json(json.text()));
  }
}

void print_rows(Table& table, const std::vector<sql::AuditEntry>& entries) {
  for (const sql::AuditEntry& entry : entries) add_entry(table, entry);
  table.print();
}

// One entry more than is to be printed would tell that there are more.
Done print_log(sql::Connection& db, const sql::AuditFilter& filter, const ReadAudit& wanted) {
  Table table = audit_table();
  std::optional<sql::AuditKey> behind;
  int left = wanted.limit == 0 ? std::numeric_limits<int>::max() : wanted.limit;
  bool more = true;
  while (more && left > 0) {
    const int size = std::min(left, kPage);
    LATCHKEY_TRY_ASSIGN(auto entries, sql::audit_log::list(db, filter, behind, size + 1));
    more = entries.size() > static_cast<std::size_t>(size);
    if (more) entries.pop_back();
    wanted.as_json ? print_lines(entries) : print_rows(table, entries);
    if (entries.empty()) print_note("No entry is like that.");
    left -= size;
    if (more) behind = {.at = entries.back().event.at, .id = entries.back().id};
  }
  if (more) {
    print_note(fmt::format("There are more than these {}; --limit 0 lists all.", wanted.limit));
  }
  return {};
}

}  // namespace

Done read_audit(const std::string& config_file, const ReadAudit& wanted) {
  sql::AuditFilter filter;
  LATCHKEY_TRY_ASSIGN(filter.since, read_time(wanted.since));
  LATCHKEY_TRY_ASSIGN(filter.until, read_time(wanted.until));
  if (!wanted.action.empty()) filter.action = wanted.action;
  LATCHKEY_TRY_ASSIGN(const auto office, Office::open(config_file));
  if (!wanted.user.empty()) {
    LATCHKEY_TRY_ASSIGN(const sql::User user, office->find_user(wanted.user));
    filter.user = user.id;
  }
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, office->pool.acquire());
  return print_log(*lease, filter, wanted);
}

}  // namespace latchkey::broker::commands
