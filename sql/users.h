// The users table. A user is a local account: one e-mail, at most one password, any number of
// identities. Names and avatars are only shown: what PostgreSQL cannot hold of them is replaced
// (sql/text.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/email.h"
#include "sql/connection.h"

namespace latchkey::sql {

using UserId = std::int64_t;

struct User {
  UserId id = 0;
  std::string email;
  std::optional<TimePoint> email_verified_at;
  std::optional<std::string> password_hash;  // encoded, e.g. $argon2id$…; never leaves the service
  std::string name;
  std::string avatar_url;
  bool is_staff = false;
  bool is_superuser = false;
  std::optional<TimePoint> disabled_at;
  TimePoint created_at;
  std::optional<TimePoint> last_login_at;
  std::optional<UserId> merged_into = {};  // whom this user has become part of; disabled then

  [[nodiscard]] bool email_verified() const { return email_verified_at.has_value(); }
  [[nodiscard]] bool disabled() const { return disabled_at.has_value(); }
  [[nodiscard]] bool has_password() const { return password_hash.has_value(); }
};

struct NewUser {
  std::string email;  // Email::str()
  std::optional<TimePoint> email_verified_at;
  std::optional<std::string> password_hash;
  std::string name;
  std::string avatar_url;
  bool is_staff = false;
  bool is_superuser = false;
  TimePoint created_at;
  std::optional<TimePoint> last_login_at = {};
};

namespace users {

Outcome<std::optional<User>> find_by_id(Connection&, UserId id);
Outcome<std::optional<User>> find_by_email(Connection&, const Email& email);
// The same, holding the row until the transaction ends (SELECT … FOR UPDATE).
Outcome<std::optional<User>> lock_by_id(Connection&, UserId id);
Outcome<std::optional<User>> lock_by_email(Connection&, const Email& email);

// unique_violation when the e-mail is taken.
Outcome<User> insert(Connection&, const NewUser& user);
Outcome<void> set_password_hash(Connection&, UserId id, const std::optional<std::string>& hash);
// Compare and set: false, and nothing done, when the hash is no longer `from`.
Outcome<bool> replace_password_hash(Connection&, UserId id, const std::string& from,
                                    const std::string& to);
Outcome<void> mark_email_verified(Connection&, UserId id, TimePoint at);
// Name and avatar that somebody who never proved the address has left.
Outcome<void> forget_profile(Connection&, UserId id);
// A sign-up whose address is proven: its password (or none) and its name.
Outcome<void> confirm_sign_up(Connection&, UserId id, const std::optional<std::string>& hash,
                              const std::string& name, TimePoint at);
// A new address that is proven. unique_violation when it is taken.
Outcome<void> change_email(Connection&, UserId id, const std::string& email, TimePoint at);
// Also fills an empty name and avatar from what the provider says; never overwrites.
Outcome<void> record_login(Connection&, UserId id, TimePoint at, const std::string& name,
                           const std::string& avatar_url);

// nullopt enables. These answer whether there is such a user.
Outcome<bool> set_disabled(Connection&, UserId id, const std::optional<TimePoint>& at);
Outcome<bool> set_staff(Connection&, UserId id, bool is_staff);
// unique_violation when the address is taken. `verified_at` is that of the new address.
Outcome<void> set_email(Connection&, UserId id, const Email& email,
                        const std::optional<TimePoint>& verified_at);
Outcome<void> set_name(Connection&, UserId id, const std::string& name);
// Whether there is a staff member who is not disabled. Whoever asks holds the question until the
// transaction ends, so that two transactions cannot take the last two away.
Outcome<bool> any_active_staff(Connection&);

}  // namespace users
}  // namespace latchkey::sql
