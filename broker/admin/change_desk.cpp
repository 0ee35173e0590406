#include "broker/admin/change_desk.h"

#include "base/characters.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/log.h"
#include "base/try.h"
#include "sql/signins.h"

namespace latchkey::broker::admin {
namespace {

// Losing a race twice is rare; five times is a bug.
constexpr int kMaxAttempts = 5;

tl::expected<void, Refusal> check_reason(const std::string& reason) {
  if (trim(reason).empty()) return refuse("reason", "Please say why; the audit log keeps it.");
  if (!is_clean_utf8(reason)) return refuse("reason", "This holds characters that are not text.");
  if (count_characters(reason) > ChangeDesk::kMaxReason) {
    return refuse("reason", "Please say it in at most 500 characters.");
  }
  return {};
}

// Asked inside the transaction, because what a session remembers may be some moments old.
Attempt<bool> check_actor(sql::Connection& db, const Actor& actor) {
  if (!actor.user) return true;
  LATCHKEY_TRY_ASSIGN(const std::optional<sql::User> staff,
                      sql::users::find_by_id(db, *actor.user));
  if (!staff || staff->disabled()) return fail(ErrorCode::permission_denied);
  if (actor.on_own_behalf) return false;
  if (!staff->is_staff) return fail(ErrorCode::permission_denied);
  return staff->is_superuser;
}

void write_state(JsonWriter& json, std::string_view name, const std::string& state) {
  json.key(name);
  state.empty() ? json.null() : json.raw(state);
}

std::string details_of(const Change& change) {
  JsonWriter json;
  json.begin_object();
  write_state(json, "before", change.before);
  write_state(json, "after", change.after);
  json.end_object();
  return json.text();
}

sql::Outcome<void> audit(const Workbench& bench, const Change& change) {
  const Actor& actor = bench.order.actor;
  return sql::audit_events::insert(bench.db, {.at = bench.now,
                                              .action = change.action,
                                              .user_id = change.user,
                                              .actor_id = actor.user,
                                              .provider = change.provider,
                                              .subject = change.subject,
                                              .reason = bench.order.reason,
                                              .ip = actor.visitor.ip,
                                              .request_id = actor.visitor.request_id,
                                              .details = details_of(change),
                                              .actor = actor.name});
}

}  // namespace

tl::unexpected<Refusal> refuse(std::string field, std::string sentence) {
  return tl::unexpected<Refusal>({.error = {ErrorCode::validation_failed},
                                  .field = std::move(field),
                                  .sentence = std::move(sentence)});
}

bool Fault::is_conflict() const {
  const auto* failure = std::get_if<sql::Failure>(&cause_);
  return failure != nullptr && (failure->kind == sql::FailureKind::unique_violation ||
                                failure->kind == sql::FailureKind::serialization_failure);
}

Refusal Fault::refusal() const {
  if (const auto* failure = std::get_if<sql::Failure>(&cause_)) {
    return {.error = sql::to_error(*failure)};
  }
  return std::get<Refusal>(cause_);
}

Attempt<sql::User> Workbench::lock_user(sql::UserId id) {
  LATCHKEY_TRY_ASSIGN(const std::optional<sql::User> user, sql::users::lock_by_id(db, id));
  if (!user) return fail(ErrorCode::user_unknown);
  if (user->is_superuser && !superuser_) return fail(ErrorCode::permission_denied);
  return *user;
}

Attempt<void> Workbench::keep_an_administrator() {
  LATCHKEY_TRY_ASSIGN(const bool any, sql::users::any_active_staff(db));
  if (!any) return fail(ErrorCode::last_administrator);
  return {};
}

tl::expected<Report, Refusal> ChangeDesk::carry_out(const Order& order, const Act& act) {
  LATCHKEY_TRY(check_reason(order.reason));
  for (int attempt = 1;; ++attempt) {
    auto report = try_once(order, act);
    if (report) return std::move(*report);
    if (!report.error().is_conflict() || attempt == kMaxAttempts) {
      return tl::unexpected(report.error().refusal());
    }
    log::info("admin.try_again",
              {{"request_id", order.actor.visitor.request_id}, {"attempt", attempt}});
  }
}

Attempt<Report> ChangeDesk::try_once(const Order& order, const Act& act) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  LATCHKEY_TRY_ASSIGN(const bool superuser, check_actor(*lease, order.actor));
  Workbench bench(*lease, order, parts_.notices, parts_.clock.now(), superuser);
  LATCHKEY_TRY_ASSIGN(Report report, act(bench));
  for (const Change& change : report.changes) LATCHKEY_TRY(audit(bench, change));
  if (order.dry_run) return report;  // the transaction is rolled back as it goes
  LATCHKEY_TRY(transaction.commit());
  announce(report);
  return report;
}

void ChangeDesk::announce(const Report& report) {
  parts_.notices.wake();
  if (!parts_.forget_user) return;
  for (const Change& change : report.changes) parts_.forget_user(change.user);
}

}  // namespace latchkey::broker::admin
