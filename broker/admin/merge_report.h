// What a merge records of itself: what moved and what it was like before, as the merges table keeps
// it for the undo, and what people are told before and after.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "sql/identities.h"
#include "sql/users.h"

namespace latchkey::broker::admin {

enum class MergedSessions { revoke, move };
// What the surviving user's password is afterwards: what it was, or that of the merged user, which
// is only ever taken when it was asked for and the survivor has none.
enum class MergedPassword { kept, taken };

// A reason to think twice. A blocking one refuses the merge unless it is forced.
struct MergeConflict {
  std::string code;  // stable, snake_case
  std::string sentence;
  bool blocking = false;
};

std::vector<MergeConflict> conflicts_of(const sql::User& from,
                                        const std::vector<sql::IdentityRow>& from_identities,
                                        const sql::User& into,
                                        const std::vector<sql::IdentityRow>& into_identities);

struct MovedIdentity {
  std::int64_t id = 0;
  std::string provider;
  std::string subject;
};

// Never a password or its hash: the merged user's row keeps its own.
struct MergeRecord {
  std::string email;  // of the merged user, before
  std::optional<TimePoint> disabled_at;
  std::vector<MovedIdentity> identities;
  std::vector<std::int64_t> sessions;
  std::int64_t sessions_revoked = 0;
  std::vector<std::int64_t> preauthorised;
  MergedPassword password = MergedPassword::kept;

  [[nodiscard]] std::string to_json() const;
  static Result<MergeRecord> from_json(std::string_view json);
};

// What could not be given back, and why.
struct NotRestored {
  std::string what;  // "identity", "sessions", "password" or "email"
  std::string sentence;
};

struct UndoReport {
  std::vector<MovedIdentity> identities;
  std::int64_t sessions = 0;
  std::int64_t preauthorised = 0;
  std::vector<NotRestored> not_restored;

  [[nodiscard]] std::string to_json() const;
};

// {"from","into","moved":{…},"conflicts":[{"code","detail","blocking"}]}
std::string merge_report_json(sql::UserId from, sql::UserId into, const MergeRecord& record,
                              const std::vector<MergeConflict>& conflicts);

}  // namespace latchkey::broker::admin
