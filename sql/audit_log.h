// Reading the audit log, newest first, and letting go of what is older than it is kept.
// Writing is sql/signins.h, audit_events.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/signins.h"

namespace latchkey::sql {

struct AuditEntry {
  std::int64_t id = 0;
  AuditEvent event;
};

struct AuditFilter {
  std::optional<UserId> user;         // whom it concerns
  std::optional<std::string> action;  // exactly
  std::optional<TimePoint> since;     // not before
  std::optional<TimePoint> until;     // before
};

// The place of an entry in the log's order; the next page begins behind it.
struct AuditKey {
  TimePoint at;
  std::int64_t id = 0;
};

namespace audit_log {

Outcome<std::vector<AuditEntry>> list(Connection&, const AuditFilter& filter,
                                      const std::optional<AuditKey>& behind, int limit);
// Deletes at most `limit` entries older than `before`, oldest first, in a transaction of its own;
// answers how many.
Outcome<std::int64_t> remove_older(Connection&, TimePoint before, int limit);

}  // namespace audit_log
}  // namespace latchkey::sql
