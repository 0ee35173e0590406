// One change of a user's row, aspect by aspect, each with its own audit event. Part of UserChanges
// (broker/admin/user_changes.h).
#pragma once

#include <optional>
#include <string>

#include "base/email.h"
#include "broker/admin/user_changes.h"

namespace latchkey::broker::admin {

// Whoever proves an unverified address at a provider takes the account over (DESIGN section 6).
inline constexpr const char* kUnverifiedAddress =
    "The address is not verified: whoever proves it at a provider becomes the owner, and the "
    "account's password, sessions and identities are dropped then.";

tl::expected<Email, Refusal> parse_email(const std::string& text);
tl::expected<void, Refusal> check_name(const std::string& name);
// email_in_use
Attempt<void> check_free(sql::Connection& db, const Email& email);

// An update whose values are good by themselves.
struct CheckedUpdate {
  const UserUpdate* wanted;
  std::optional<Email> email;
};
tl::expected<CheckedUpdate, Refusal> check_update(const UserUpdate& update);

class UserUpdater {
 public:
  // `user` is locked.
  UserUpdater(Workbench& bench, const Webhooks& webhooks, sql::User user)
      : bench_(bench), webhooks_(webhooks), user_(std::move(user)) {}

  Attempt<void> apply(const CheckedUpdate& update);

  [[nodiscard]] const sql::User& user() const { return user_; }  // as it is now
  [[nodiscard]] Report report() const { return report_; }

 private:
  Attempt<void> set_email(const Email& email, bool verified);
  Attempt<void> set_verified(bool verified);
  Attempt<void> set_name(const std::string& name);
  Attempt<void> set_staff(bool staff);
  Attempt<void> set_disabled(bool disabled);
  // Notes that the user is now as `after` says.
  void note(std::string action, sql::User after);

  Workbench& bench_;
  const Webhooks& webhooks_;
  sql::User user_;
  Report report_;
};

}  // namespace latchkey::broker::admin
