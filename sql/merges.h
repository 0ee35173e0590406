// The merges table, and what a merge does to the rows of others: a merged user stays as a disabled
// row that names the user it is part of, and everything that was theirs is the other one's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sql/connection.h"
#include "sql/identities.h"
#include "sql/users.h"

namespace latchkey::sql {

struct Merge {
  std::int64_t id = 0;
  UserId source_id = 0;  // who was merged
  UserId target_id = 0;  // into whom
  TimePoint merged_at;
  std::optional<UserId> actor_id;
  std::string actor_name;
  std::string reason;
  std::string moved;  // a JSON object: what the undo needs
  std::optional<TimePoint> undone_at;
  std::optional<UserId> undone_by;
  std::string undo_report;  // a JSON object, or empty
};

struct NewMerge {
  UserId source_id = 0;
  UserId target_id = 0;
  TimePoint merged_at;
  std::optional<UserId> actor_id;
  std::string actor_name;
  std::string reason;
  std::string moved;
};

namespace merges {

Outcome<std::int64_t> insert(Connection&, const NewMerge& merge);
Outcome<std::optional<Merge>> find(Connection&, std::int64_t id);
// Holding the row until the transaction ends.
Outcome<std::optional<Merge>> lock(Connection&, std::int64_t id);
// Newest first, with ids below `before` (0: from the newest): those that the user was part of on
// either side, or all without a user.
Outcome<std::vector<Merge>> list(Connection&, std::optional<UserId> user, std::int64_t before,
                                 int limit);
Outcome<void> mark_undone(Connection&, std::int64_t id, TimePoint at, std::optional<UserId> by,
                          const std::string& report);

// Sets or ends users.merged_into, and tells every instance that the user's sessions are not what
// they were.
Outcome<void> set_merged_into(Connection&, UserId user, std::optional<UserId> into);

// Give what is one user's to another; answer what was moved, oldest first.
Outcome<std::vector<IdentityRow>> move_identities(Connection&, UserId from, UserId to);
Outcome<std::vector<std::int64_t>> move_sessions(Connection&, UserId from, UserId to);
// Gives back those of `ids` that are still `from`'s; answers how many.
Outcome<std::int64_t> move_sessions_back(Connection&, const std::vector<std::int64_t>& ids,
                                         UserId from, UserId to);

}  // namespace merges
}  // namespace latchkey::sql
