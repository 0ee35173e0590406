// Makes two users one, and two again: for staff, the command line and the owner of both alike.
//
// Everything by which one comes in as the merged user moves to the other: identities, those allowed
// beforehand, and sessions if it is asked for (else they end). The survivor's address, name, rights
// and password stay as they are; it takes the other one's password only when asked to and having
// none. The merged user stays as a disabled row, so that nobody else can have its address, and what
// moved is recorded: for 30 days all of it can be given back, as far as it is still there.
#pragma once

#include "broker/admin/change_desk.h"
#include "broker/admin/merge_report.h"
#include "broker/webhooks.h"
#include "sql/merges.h"

namespace latchkey::broker::admin {

struct MergeRequest {
  sql::UserId from = 0;
  sql::UserId into = 0;
  MergedSessions sessions = MergedSessions::revoke;
  bool take_password = false;
  bool force = false;  // also with blocking conflicts
};

class MergeDesk {
 public:
  struct Parts {
    ChangeDesk& desk;
    const Webhooks& webhooks;
  };
  static constexpr std::chrono::hours kUndoable{24 * 30};

  explicit MergeDesk(Parts parts) : parts_(parts) {}

  // Answers {"merge_id","report"}. Faults beside those of the desk: validation_failed (into
  // itself), user_merged, own_account, permission_denied (staff on either side, and no superuser
  // asks), merge_conflict. A dry run tells of conflicts instead of refusing them.
  tl::expected<Report, Refusal> merge(const Order& order, const MergeRequest& request);
  // Answers {"merge_id","report"}. not_found, merge_undone, merge_expired, user_merged (the
  // survivor is part of another user by now: that merge is to be undone first).
  tl::expected<Report, Refusal> undo(const Order& order, std::int64_t merge);

 private:
  struct Pair {
    sql::User from, into;
  };
  static Attempt<Pair> lock_pair(Workbench& bench, sql::UserId from, sql::UserId into);
  Attempt<Report> try_merge(Workbench& bench, const MergeRequest& request);
  Attempt<MergeRecord> move_belongings(Workbench& bench, const MergeRequest& request,
                                       const Pair& users);
  Attempt<Report> try_undo(Workbench& bench, std::int64_t id);
  static Attempt<UndoReport> give_back(Workbench& bench, const sql::Merge& merge,
                                       const MergeRecord& record, const Pair& users);

  Parts parts_;
};

}  // namespace latchkey::broker::admin
