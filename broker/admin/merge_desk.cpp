#include "broker/admin/merge_desk.h"

#include <algorithm>

#include "base/json.h"
#include "base/try.h"
#include "broker/admin/identity_changes.h"
#include "broker/visitor_answers.h"
#include "sql/account_proofs.h"
#include "sql/preauthorised.h"
#include "sql/sessions.h"
#include "sql/signins.h"

namespace latchkey::broker::admin {
namespace {

bool is_privileged(const sql::User& user) { return user.is_staff || user.is_superuser; }

// Whoever comes in by what moves gets the rights of where it moves to, and a staff member who is
// merged away loses theirs: both are more than staff may do to staff.
Attempt<void> check_rights(const Workbench& bench, const sql::User& from, const sql::User& into) {
  if ((is_privileged(from) || is_privileged(into)) && !bench.superuser()) {
    return fail(ErrorCode::permission_denied, "merging staff needs a superuser");
  }
  return {};
}

tl::unexpected<Fault> refuse_conflicts(const std::vector<MergeConflict>& conflicts) {
  std::string sentences;
  for (const MergeConflict& conflict : conflicts) {
    if (!conflict.blocking) continue;
    if (!sentences.empty()) sentences += ' ';
    sentences += conflict.sentence;
  }
  return tl::unexpected<Fault>(Refusal{
      .error = {ErrorCode::merge_conflict}, .field = "force", .sentence = std::move(sentences)});
}

std::string state_json(const std::optional<TimePoint>& disabled_at,
                       const std::optional<sql::UserId>& merged_into) {
  JsonWriter json;
  json.begin_object()
      .field("disabled_at", disabled_at ? std::optional(rfc3339(*disabled_at)) : std::nullopt)
      .field("merged_into", merged_into)
      .end_object();
  return json.text();
}

std::string merge_json(std::int64_t merge, const std::string& report) {
  JsonWriter json;
  json.begin_object().field("merge_id", merge).key("report").raw(report).end_object();
  return json.text();
}

std::string plural(std::int64_t count, const std::string& singular) {
  return std::to_string(count) + " " + singular + (count == 1 ? "" : "s");
}

// Gives the identities back that are still the survivor's.
Attempt<void> return_identities(Workbench& bench, const sql::Merge& merge,
                                const MergeRecord& record, UndoReport& report) {
  for (const MovedIdentity& moved : record.identities) {
    LATCHKEY_TRY_ASSIGN(const auto identity, sql::identities::lock_by_id(bench.db, moved.id));
    const std::string name = moved.provider + " identity " + moved.subject;
    if (!identity) {
      report.not_restored.push_back(
          {.what = "identity", .sentence = "The " + name + " has been unlinked since."});
    } else if (identity->user_id != merge.target_id) {
      report.not_restored.push_back({.what = "identity",
                                     .sentence = "The " + name + " has been moved to user " +
                                                 std::to_string(identity->user_id) + " since."});
    } else {
      LATCHKEY_TRY(sql::identities::move(bench.db, moved.id, merge.source_id));
      report.identities.push_back(moved);
    }
  }
  return {};
}

Attempt<void> return_sessions(Workbench& bench, const sql::Merge& merge, const MergeRecord& record,
                              UndoReport& report) {
  LATCHKEY_TRY_ASSIGN(
      report.sessions,
      sql::merges::move_sessions_back(bench.db, record.sessions, merge.target_id, merge.source_id));
  const auto ended = static_cast<std::int64_t>(record.sessions.size()) - report.sessions;
  if (ended > 0) {
    report.not_restored.push_back(
        {.what = "sessions", .sentence = plural(ended, "session") + " ended since the merge."});
  }
  if (record.sessions_revoked > 0) {
    report.not_restored.push_back(
        {.what = "sessions",
         .sentence = "The merge revoked " + plural(record.sessions_revoked, "session") + "."});
  }
  return {};
}

}  // namespace

// In the order of their ids, so that merges that share a user cannot deadlock.
Attempt<MergeDesk::Pair> MergeDesk::lock_pair(Workbench& bench, sql::UserId from,
                                              sql::UserId into) {
  LATCHKEY_TRY_ASSIGN(sql::User low, bench.lock_user(std::min(from, into)));
  LATCHKEY_TRY_ASSIGN(sql::User high, bench.lock_user(std::max(from, into)));
  if (from > into) std::swap(low, high);
  return Pair{.from = std::move(low), .into = std::move(high)};
}

tl::expected<Report, Refusal> MergeDesk::merge(const Order& order, const MergeRequest& request) {
  if (request.from == request.into) {
    return refuse("into", "A user cannot be merged into itself.");
  }
  return parts_.desk.carry_out(order, [&](Workbench& bench) { return try_merge(bench, request); });
}

Attempt<Report> MergeDesk::try_merge(Workbench& bench, const MergeRequest& request) {
  LATCHKEY_TRY_ASSIGN(const Pair users, lock_pair(bench, request.from, request.into));
  LATCHKEY_TRY(check_unmerged(users.from));
  LATCHKEY_TRY(check_unmerged(users.into));
  LATCHKEY_TRY(check_rights(bench, users.from, users.into));
  const bool owner_asks = bench.order.actor.on_own_behalf;
  if (bench.acts_on_self(request.from) && !owner_asks) return fail(ErrorCode::own_account);

  LATCHKEY_TRY_ASSIGN(const auto theirs, sql::identities::list_of_user(bench.db, request.from));
  LATCHKEY_TRY_ASSIGN(const auto survivors, sql::identities::list_of_user(bench.db, request.into));
  const auto conflicts = conflicts_of(users.from, theirs, users.into, survivors);
  const bool blocked = std::any_of(conflicts.begin(), conflicts.end(),
                                   [](const MergeConflict& conflict) { return conflict.blocking; });
  if (blocked && !request.force && !bench.order.dry_run) return refuse_conflicts(conflicts);

  LATCHKEY_TRY_ASSIGN(const MergeRecord record, move_belongings(bench, request, users));
  LATCHKEY_TRY_ASSIGN(const std::int64_t id,
                      sql::merges::insert(bench.db, {.source_id = request.from,
                                                     .target_id = request.into,
                                                     .merged_at = bench.now,
                                                     .actor_id = bench.order.actor.user,
                                                     .actor_name = bench.order.actor.name,
                                                     .reason = bench.order.reason,
                                                     .moved = record.to_json()}));
  LATCHKEY_TRY(parts_.webhooks.user_merged(bench.db, id, request.from, request.into));
  LATCHKEY_TRY(bench.notices.accounts_merged(bench.db, users.from, users.into, bench.done_by()));

  const std::string report = merge_report_json(request.from, request.into, record, conflicts);
  const auto disabled_at = users.from.disabled_at.value_or(bench.now);
  Report result{
      .changes = {{.action = "user.merge",
                   .user = request.from,
                   .before = state_json(users.from.disabled_at, std::nullopt),
                   .after = state_json(disabled_at, request.into)},
                  {.action = "user.merge", .user = request.into, .after = merge_json(id, report)}},
      .answer = merge_json(id, report),
      .preview = report};
  for (const MergeConflict& conflict : conflicts) result.warnings.push_back(conflict.sentence);
  return result;
}

Attempt<MergeRecord> MergeDesk::move_belongings(Workbench& bench, const MergeRequest& request,
                                                const Pair& users) {
  sql::Connection& db = bench.db;
  MergeRecord record{.email = users.from.email, .disabled_at = users.from.disabled_at};
  LATCHKEY_TRY_ASSIGN(const auto identities,
                      sql::merges::move_identities(db, request.from, request.into));
  for (const sql::IdentityRow& identity : identities) {
    record.identities.push_back(
        {.id = identity.id, .provider = identity.provider, .subject = identity.subject});
  }
  LATCHKEY_TRY_ASSIGN(record.preauthorised,
                      sql::preauthorised_identities::move_all(db, request.from, request.into));
  if (request.sessions == MergedSessions::move) {
    LATCHKEY_TRY_ASSIGN(record.sessions,
                        sql::merges::move_sessions(db, request.from, request.into));
  } else {
    LATCHKEY_TRY_ASSIGN(record.sessions_revoked,
                        sql::sessions::remove_all_of_user(db, request.from, ""));
    LATCHKEY_TRY(parts_.webhooks.sessions_revoked(db, request.from, record.sessions_revoked));
  }
  // They wait for a proof of an address that leads nowhere from now on.
  LATCHKEY_TRY(sql::pending_sign_ins::remove_by_email(db, users.from.email));
  LATCHKEY_TRY(sql::account_proofs::remove_all_of_user(db, request.from));
  if (request.take_password && users.from.has_password() && !users.into.has_password()) {
    LATCHKEY_TRY(sql::users::set_password_hash(db, request.into, users.from.password_hash));
    record.password = MergedPassword::taken;
  }
  if (!users.from.disabled()) {
    LATCHKEY_TRY(sql::users::set_disabled(db, request.from, bench.now));
    if (users.from.is_staff) LATCHKEY_TRY(bench.keep_an_administrator());
  }
  LATCHKEY_TRY(sql::merges::set_merged_into(db, request.from, request.into));
  return record;
}

tl::expected<Report, Refusal> MergeDesk::undo(const Order& order, std::int64_t merge) {
  return parts_.desk.carry_out(order, [&](Workbench& bench) { return try_undo(bench, merge); });
}

Attempt<Report> MergeDesk::try_undo(Workbench& bench, std::int64_t id) {
  // Who takes part never changes, so it may be read before anything is locked.
  LATCHKEY_TRY_ASSIGN(const auto found, sql::merges::find(bench.db, id));
  if (!found) return fail(ErrorCode::not_found);
  LATCHKEY_TRY_ASSIGN(const Pair users, lock_pair(bench, found->source_id, found->target_id));
  LATCHKEY_TRY_ASSIGN(const auto merge, sql::merges::lock(bench.db, id));
  if (!merge) return fail(ErrorCode::not_found);
  if (merge->undone_at) return fail(ErrorCode::merge_undone);
  if (bench.now >= merge->merged_at + kUndoable) return fail(ErrorCode::merge_expired);
  LATCHKEY_TRY(check_rights(bench, users.from, users.into));
  LATCHKEY_TRY(check_unmerged(users.into));

  LATCHKEY_TRY_ASSIGN(const MergeRecord record, MergeRecord::from_json(merge->moved));
  LATCHKEY_TRY_ASSIGN(const UndoReport undone, give_back(bench, *merge, record, users));
  const std::string report = undone.to_json();
  LATCHKEY_TRY(sql::merges::mark_undone(bench.db, id, bench.now, bench.order.actor.user, report));
  LATCHKEY_TRY(parts_.webhooks.merge_undone(bench.db, id, merge->source_id, merge->target_id));

  Report result{.changes = {{.action = "user.merge_undo",
                             .user = merge->source_id,
                             .before = state_json(users.from.disabled_at, merge->target_id),
                             .after = state_json(record.disabled_at, std::nullopt)},
                            {.action = "user.merge_undo",
                             .user = merge->target_id,
                             .after = merge_json(id, report)}},
                .answer = merge_json(id, report),
                .preview = report};
  for (const NotRestored& lost : undone.not_restored) result.warnings.push_back(lost.sentence);
  return result;
}

Attempt<UndoReport> MergeDesk::give_back(Workbench& bench, const sql::Merge& merge,
                                         const MergeRecord& record, const Pair& users) {
  sql::Connection& db = bench.db;
  UndoReport report;
  LATCHKEY_TRY(return_identities(bench, merge, record, report));
  LATCHKEY_TRY(return_sessions(bench, merge, record, report));
  LATCHKEY_TRY_ASSIGN(report.preauthorised,
                      sql::preauthorised_identities::move(db, record.preauthorised, merge.target_id,
                                                          merge.source_id));
  if (record.password == MergedPassword::taken) {
    if (users.into.password_hash == users.from.password_hash) {
      LATCHKEY_TRY(sql::users::set_password_hash(db, merge.target_id, std::nullopt));
    } else {
      report.not_restored.push_back(
          {.what = "password", .sentence = "The password has been changed since and stays."});
    }
  }
  if (users.from.email != record.email) {
    report.not_restored.push_back({.what = "email",
                                   .sentence = "The address was " + record.email +
                                               " and has been changed since; it stays " +
                                               users.from.email + "."});
  }
  LATCHKEY_TRY(sql::users::set_disabled(db, merge.source_id, record.disabled_at));
  LATCHKEY_TRY(sql::merges::set_merged_into(db, merge.source_id, std::nullopt));
  return report;
}

}  // namespace latchkey::broker::admin
