#include "sql/users.h"

#include "base/try.h"
#include "sql/text.h"
#include "sql/user_row.h"

namespace latchkey::sql {
namespace {

constexpr Statement kFindById = {
    .name = "users.find_by_id",
    .text = "SELECT " LATCHKEY_USER_COLUMNS " FROM users WHERE id = $1",
};
constexpr Statement kFindByEmail = {
    .name = "users.find_by_email",
    .text = "SELECT " LATCHKEY_USER_COLUMNS " FROM users WHERE email = $1",
};
constexpr Statement kLockById = {
    .name = "users.lock_by_id",
    .text = "SELECT " LATCHKEY_USER_COLUMNS " FROM users WHERE id = $1 FOR UPDATE",
};
constexpr Statement kLockByEmail = {
    .name = "users.lock_by_email",
    .text = "SELECT " LATCHKEY_USER_COLUMNS " FROM users WHERE email = $1 FOR UPDATE",
};
constexpr Statement kInsert = {
    .name = "users.insert",
    .text =
        "INSERT INTO users (email, email_verified_at, password_hash, name, avatar_url,"
        " is_staff, is_superuser, created_at, last_login_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING " LATCHKEY_USER_COLUMNS,
};
constexpr Statement kSetPasswordHash = {
    .name = "users.set_password_hash",
    .text = "UPDATE users SET password_hash = $2 WHERE id = $1",
};
constexpr Statement kMarkEmailVerified = {
    .name = "users.mark_email_verified",
    .text = "UPDATE users SET email_verified_at = $2 WHERE id = $1",
};
constexpr Statement kReplacePasswordHash = {
    .name = "users.replace_password_hash",
    .text = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2",
};
constexpr Statement kConfirmSignUp = {
    .name = "users.confirm_sign_up",
    .text =
        "UPDATE users SET email_verified_at = $4, password_hash = $2,"
        " name = $3 WHERE id = $1",
};
constexpr Statement kForgetProfile = {
    .name = "users.forget_profile",
    .text = "UPDATE users SET name = '', avatar_url = '' WHERE id = $1",
};
constexpr Statement kChangeEmail = {
    .name = "users.change_email",
    .text = "UPDATE users SET email = $2, email_verified_at = $3 WHERE id = $1",
};
constexpr Statement kRecordLogin = {
    .name = "users.record_login",
    .text =
        "UPDATE users SET last_login_at = greatest(last_login_at, $2),"
        " name = coalesce(nullif(name, ''), $3),"
        " avatar_url = coalesce(nullif(avatar_url, ''), $4)"
        " WHERE id = $1",
};
constexpr Statement kSetDisabled = {
    .name = "users.set_disabled",
    .text = "UPDATE users SET disabled_at = $2 WHERE id = $1",
};
constexpr Statement kSetStaff = {
    .name = "users.set_staff",
    .text = "UPDATE users SET is_staff = $2 WHERE id = $1",
};
constexpr Statement kSetEmail = {
    .name = "users.set_email",
    .text = "UPDATE users SET email = $2, email_verified_at = $3 WHERE id = $1",
};
constexpr Statement kSetName = {
    .name = "users.set_name",
    .text = "UPDATE users SET name = $2 WHERE id = $1",
};
// The lock's number is arbitrary. The lock is taken by a statement of its own, because the look
// that follows must see what was committed while it waited.
constexpr Statement kLockStaff = {
    .name = "users.lock_staff",
    .text = "SELECT pg_advisory_xact_lock(5432100003)",
};
constexpr Statement kAnyActiveStaff = {
    .name = "users.any_active_staff",
    .text = "SELECT EXISTS (SELECT 1 FROM users WHERE is_staff AND disabled_at IS NULL)",
};

std::optional<User> at_most_one(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_user(rows[0]);
}

bool any_affected(const Rows& rows) { return rows.affected() > 0; }

}  // namespace

namespace users {

Outcome<std::optional<User>> find_by_id(Connection& connection, UserId id) {
  return connection.execute(kFindById, Parameters().int64(id)).map(at_most_one);
}

Outcome<std::optional<User>> find_by_email(Connection& connection, const Email& email) {
  return connection.execute(kFindByEmail, Parameters().text(email.str())).map(at_most_one);
}

Outcome<std::optional<User>> lock_by_id(Connection& connection, UserId id) {
  return connection.execute(kLockById, Parameters().int64(id)).map(at_most_one);
}

Outcome<std::optional<User>> lock_by_email(Connection& connection, const Email& email) {
  return connection.execute(kLockByEmail, Parameters().text(email.str())).map(at_most_one);
}

Outcome<User> insert(Connection& connection, const NewUser& user) {
  return connection
      .execute(kInsert, Parameters()
                            .text(user.email)
                            .optional_timestamp(user.email_verified_at)
                            .optional_text(user.password_hash)
                            .text(displayable_name(user.name))
                            .text(displayable_url(user.avatar_url))
                            .boolean(user.is_staff)
                            .boolean(user.is_superuser)
                            .timestamp(user.created_at)
                            .optional_timestamp(user.last_login_at))
      .map([](const Rows& rows) { return read_user(rows[0]); });
}

Outcome<void> set_password_hash(Connection& connection, UserId id,
                                const std::optional<std::string>& hash) {
  return connection.execute_later(kSetPasswordHash, Parameters().int64(id).optional_text(hash));
}

Outcome<void> mark_email_verified(Connection& connection, UserId id, TimePoint at) {
  return connection.execute_later(kMarkEmailVerified, Parameters().int64(id).timestamp(at));
}

Outcome<void> forget_profile(Connection& connection, UserId id) {
  return connection.execute_later(kForgetProfile, Parameters().int64(id));
}

Outcome<bool> replace_password_hash(Connection& connection, UserId id, const std::string& from,
                                    const std::string& to) {
  return connection.execute(kReplacePasswordHash, Parameters().int64(id).text(from).text(to))
      .map(any_affected);
}

Outcome<void> confirm_sign_up(Connection& connection, UserId id,
                              const std::optional<std::string>& hash, const std::string& name,
                              TimePoint at) {
  return connection
      .execute(
          kConfirmSignUp,
          Parameters().int64(id).optional_text(hash).text(displayable_name(name)).timestamp(at))
      .map([](const Rows&) {});
}

Outcome<void> change_email(Connection& connection, UserId id, const std::string& email,
                           TimePoint at) {
  return connection.execute(kChangeEmail, Parameters().int64(id).text(email).timestamp(at))
      .map([](const Rows&) {});
}

Outcome<void> record_login(Connection& connection, UserId id, TimePoint at, const std::string& name,
                           const std::string& avatar_url) {
  return connection.execute_later(kRecordLogin, Parameters()
                                                    .int64(id)
                                                    .timestamp(at)
                                                    .text(displayable_name(name))
                                                    .text(displayable_url(avatar_url)));
}

Outcome<bool> set_disabled(Connection& connection, UserId id, const std::optional<TimePoint>& at) {
  return connection.execute(kSetDisabled, Parameters().int64(id).optional_timestamp(at))
      .map(any_affected);
}

Outcome<bool> set_staff(Connection& connection, UserId id, bool is_staff) {
  return connection.execute(kSetStaff, Parameters().int64(id).boolean(is_staff)).map(any_affected);
}

Outcome<void> set_email(Connection& connection, UserId id, const Email& email,
                        const std::optional<TimePoint>& verified_at) {
  return connection
      .execute(kSetEmail, Parameters().int64(id).text(email.str()).optional_timestamp(verified_at))
      .map([](const Rows&) {});
}

Outcome<void> set_name(Connection& connection, UserId id, const std::string& name) {
  return connection.execute(kSetName, Parameters().int64(id).text(displayable_name(name)))
      .map([](const Rows&) {});
}

Outcome<bool> any_active_staff(Connection& connection) {
  LATCHKEY_TRY(connection.execute(kLockStaff));
  return connection.execute(kAnyActiveStaff).map([](const Rows& rows) {
    return rows[0].boolean(0);
  });
}

}  // namespace users
}  // namespace latchkey::sql
