#include "broker/admin/user_changes.h"

#include "base/encoding.h"
#include "base/try.h"
#include "broker/admin/identity_changes.h"
#include "broker/admin/user_json.h"
#include "broker/admin/user_update.h"
#include "sql/account_proofs.h"
#include "sql/sessions.h"

namespace latchkey::broker::admin {
namespace {

std::string count_json(std::int64_t sessions) {
  JsonWriter json;
  json.begin_object().field("sessions", sessions).end_object();
  return json.text();
}

Report with_answer(Report report, const sql::User& user) {
  JsonWriter json;
  write_listed_user(json, user);
  report.answer = json.text();
  return report;
}

}  // namespace

tl::expected<Report, Refusal> UserChanges::create(const Order& order,
                                                  const NewUserRequest& request) {
  LATCHKEY_TRY_ASSIGN(const Email email, parse_email(request.email));
  LATCHKEY_TRY(check_name(request.name));
  return desk_.carry_out(order,
                         [&](Workbench& bench) { return try_create(bench, request, email); });
}

Attempt<Report> UserChanges::try_create(Workbench& bench, const NewUserRequest& request,
                                        const Email& email) {
  if (request.superuser && !bench.superuser()) return fail(ErrorCode::permission_denied);
  LATCHKEY_TRY(check_free(bench.db, email));
  sql::NewUser wanted{.email = email.str(),
                      .email_verified_at = {},
                      .password_hash = request.password_hash,
                      .name = request.name,
                      .is_staff = request.staff || request.superuser,
                      .is_superuser = request.superuser,
                      .created_at = bench.now};
  if (request.verified) wanted.email_verified_at = bench.now;
  LATCHKEY_TRY_ASSIGN(const sql::User user, sql::users::insert(bench.db, wanted));
  LATCHKEY_TRY(webhooks_.user_created(bench.db, user));
  Report report{.changes = {{.action = "user.create", .user = user.id, .after = state_json(user)}}};
  if (!request.verified) report.warnings.emplace_back(kUnverifiedAddress);
  return with_answer(std::move(report), user);
}

tl::expected<Report, Refusal> UserChanges::update(const Order& order, sql::UserId user,
                                                  const UserUpdate& update) {
  LATCHKEY_TRY_ASSIGN(const CheckedUpdate checked, check_update(update));
  return desk_.carry_out(order, [&](Workbench& bench) -> Attempt<Report> {
    LATCHKEY_TRY_ASSIGN(const sql::User before, lock_unmerged(bench, user));
    UserUpdater updater(bench, webhooks_, before);
    LATCHKEY_TRY(updater.apply(checked));
    return with_answer(updater.report(), updater.user());
  });
}

tl::expected<Report, Refusal> UserChanges::set_password(const Order& order, sql::UserId user,
                                                        const std::string& hash) {
  return desk_.carry_out(order, [&](Workbench& bench) -> Attempt<Report> {
    LATCHKEY_TRY_ASSIGN(sql::User changed, lock_unmerged(bench, user));
    const std::string before = state_json(changed);
    LATCHKEY_TRY(sql::users::set_password_hash(bench.db, user, hash));
    // Whoever holds a session or a mailed link of before is out.
    LATCHKEY_TRY_ASSIGN(const std::int64_t ended,
                        sql::sessions::remove_all_of_user(bench.db, user, ""));
    LATCHKEY_TRY(webhooks_.sessions_revoked(bench.db, user, ended));
    LATCHKEY_TRY(sql::account_proofs::remove_all_of_user(bench.db, user));
    LATCHKEY_TRY(bench.notices.password_changed(bench.db, changed, bench.done_by()));
    changed.password_hash = hash;
    return with_answer({.changes = {{.action = "password.set",
                                     .user = user,
                                     .before = before,
                                     .after = state_json(changed)}}},
                       changed);
  });
}

tl::expected<Report, Refusal> UserChanges::end_sessions(
    const Order& order, sql::UserId user, const std::optional<std::int64_t>& session) {
  return desk_.carry_out(order, [&](Workbench& bench) { return try_end(bench, user, session); });
}

Attempt<Report> UserChanges::try_end(Workbench& bench, sql::UserId user,
                                     const std::optional<std::int64_t>& session) {
  LATCHKEY_TRY(bench.lock_user(user));
  std::int64_t ended = 0;
  if (session) {
    LATCHKEY_TRY_ASSIGN(const auto there, sql::sessions::remove_of_user(bench.db, user, *session));
    if (!there) return fail(ErrorCode::session_unknown);
    ended = 1;
  } else {
    LATCHKEY_TRY_ASSIGN(ended, sql::sessions::remove_all_of_user(bench.db, user, ""));
  }
  JsonWriter answer;
  answer.begin_object().field("ended", ended).end_object();
  if (ended == 0) return Report{.changes = {}, .answer = answer.text()};
  LATCHKEY_TRY(webhooks_.sessions_revoked(bench.db, user, ended));
  return Report{
      .changes = {{.action = "session.revoke", .user = user, .before = count_json(ended)}},
      .answer = answer.text()};
}

}  // namespace latchkey::broker::admin
