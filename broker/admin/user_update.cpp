#include "broker/admin/user_update.h"

#include "base/try.h"
#include "broker/admin/identity_changes.h"
#include "broker/admin/user_json.h"
#include "broker/person_name.h"
#include "sql/account_proofs.h"
#include "sql/sessions.h"

namespace latchkey::broker::admin {

tl::expected<Email, Refusal> parse_email(const std::string& text) {
  auto email = Email::parse(text);
  if (!email) return refuse("email", "This is not an e-mail address Latchkey accepts.");
  return std::move(*email);
}

tl::expected<void, Refusal> check_name(const std::string& name) {
  if (auto fault = name_fault(name)) return refuse("name", std::move(*fault));
  return {};
}

Attempt<void> check_free(sql::Connection& db, const Email& email) {
  LATCHKEY_TRY_ASSIGN(const auto taken, sql::users::find_by_email(db, email));
  if (taken) return fail(ErrorCode::email_in_use);
  return {};
}

tl::expected<CheckedUpdate, Refusal> check_update(const UserUpdate& update) {
  if (update.empty()) {
    return refuse("body", "Say what to change: disabled, is_staff, email, verified or name.");
  }
  CheckedUpdate checked{.wanted = &update, .email = {}};
  if (update.email) {
    LATCHKEY_TRY_ASSIGN(checked.email, parse_email(*update.email));
  }
  if (update.name) LATCHKEY_TRY(check_name(*update.name));
  return checked;
}

Attempt<void> UserUpdater::apply(const CheckedUpdate& update) {
  const UserUpdate& wanted = *update.wanted;
  if (update.email && update.email->str() != user_.email) {
    LATCHKEY_TRY(set_email(*update.email, wanted.verified.value_or(false)));
  } else if (wanted.verified && *wanted.verified != user_.email_verified()) {
    LATCHKEY_TRY(set_verified(*wanted.verified));
  }
  if (wanted.name && *wanted.name != user_.name) LATCHKEY_TRY(set_name(*wanted.name));
  if (wanted.staff && *wanted.staff != user_.is_staff) LATCHKEY_TRY(set_staff(*wanted.staff));
  if (wanted.disabled && *wanted.disabled != user_.disabled()) {
    LATCHKEY_TRY(set_disabled(*wanted.disabled));
  }
  return {};
}

Attempt<void> UserUpdater::set_email(const Email& email, bool verified) {
  LATCHKEY_TRY(check_free(bench_.db, email));
  sql::User after = user_;
  after.email = email.str();
  after.email_verified_at = verified ? std::optional(bench_.now) : std::nullopt;
  LATCHKEY_TRY(sql::users::set_email(bench_.db, user_.id, email, after.email_verified_at));
  // Links that went to the former address, or would undo this: perhaps whom staff lock out asked
  // for them.
  LATCHKEY_TRY(sql::account_proofs::remove_all_of_user(bench_.db, user_.id));
  LATCHKEY_TRY(bench_.notices.email_changed(bench_.db, user_, email.str(), bench_.done_by()));
  note("email.change", std::move(after));
  return {};
}

Attempt<void> UserUpdater::set_verified(bool verified) {
  sql::User after = user_;
  after.email_verified_at = verified ? std::optional(bench_.now) : std::nullopt;
  LATCHKEY_TRY(sql::users::set_email(bench_.db, user_.id, *Email::parse(user_.email),
                                     after.email_verified_at));
  // Otherwise a sign-up from before the account was proven to be anybody's would count again.
  if (!verified) LATCHKEY_TRY(sql::account_proofs::remove_all_of_user(bench_.db, user_.id));
  note(verified ? "email.verify" : "email.unverify", std::move(after));
  return {};
}

Attempt<void> UserUpdater::set_name(const std::string& name) {
  sql::User after = user_;
  after.name = name;
  LATCHKEY_TRY(sql::users::set_name(bench_.db, user_.id, name));
  note("user.rename", std::move(after));
  return {};
}

Attempt<void> UserUpdater::set_staff(bool staff) {
  if (!staff && bench_.acts_on_self(user_.id)) return fail(ErrorCode::own_account);
  sql::User after = user_;
  after.is_staff = staff;
  LATCHKEY_TRY(sql::users::set_staff(bench_.db, user_.id, staff));
  if (!staff) LATCHKEY_TRY(bench_.keep_an_administrator());
  note(staff ? "user.grant_staff" : "user.revoke_staff", std::move(after));
  return {};
}

Attempt<void> UserUpdater::set_disabled(bool disabled) {
  if (disabled && bench_.acts_on_self(user_.id)) return fail(ErrorCode::own_account);
  // What was merged away comes back by undoing the merge, not as an empty account.
  if (!disabled) LATCHKEY_TRY(check_unmerged(user_));
  sql::User after = user_;
  after.disabled_at = disabled ? std::optional(bench_.now) : std::nullopt;
  LATCHKEY_TRY(sql::users::set_disabled(bench_.db, user_.id, after.disabled_at));
  if (disabled) {
    if (user_.is_staff) LATCHKEY_TRY(bench_.keep_an_administrator());
    LATCHKEY_TRY_ASSIGN(const std::int64_t ended,
                        sql::sessions::remove_all_of_user(bench_.db, user_.id, ""));
    LATCHKEY_TRY(webhooks_.sessions_revoked(bench_.db, user_.id, ended));
    LATCHKEY_TRY(webhooks_.user_disabled(bench_.db, user_.id));
  }
  note(disabled ? "user.disable" : "user.enable", std::move(after));
  return {};
}

void UserUpdater::note(std::string action, sql::User after) {
  report_.changes.push_back({.action = std::move(action),
                             .user = user_.id,
                             .before = state_json(user_),
                             .after = state_json(after)});
  if (!after.email_verified() && after.email != user_.email) {
    report_.warnings.emplace_back(kUnverifiedAddress);
  }
  user_ = std::move(after);
}

}  // namespace latchkey::broker::admin
