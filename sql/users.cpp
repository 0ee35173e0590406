#include "sql/users.h"

#include "sql/text.h"
#include "sql/user_row.h"

namespace latchkey::sql {
namespace {

constexpr std::size_t kMaxName = 255;

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
        " name = coalesce(nullif($3, ''), name) WHERE id = $1",
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
constexpr Statement kList = {
    .name = "users.list",
    .text = "SELECT " LATCHKEY_USER_COLUMNS " FROM users WHERE id > $1 ORDER BY id LIMIT $2",
};
constexpr Statement kSetDisabled = {
    .name = "users.set_disabled",
    .text = "UPDATE users SET disabled_at = $2 WHERE id = $1",
};
constexpr Statement kSetStaff = {
    .name = "users.set_staff",
    .text = "UPDATE users SET is_staff = $2 WHERE id = $1",
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
                            .text(displayable(user.name, kMaxName))
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

Outcome<bool> replace_password_hash(Connection& connection, UserId id, const std::string& from,
                                    const std::string& to) {
  return connection.execute(kReplacePasswordHash, Parameters().int64(id).text(from).text(to))
      .map(any_affected);
}

Outcome<void> confirm_sign_up(Connection& connection, UserId id,
                              const std::optional<std::string>& hash, const std::string& name,
                              TimePoint at) {
  return connection
      .execute(kConfirmSignUp, Parameters()
                                   .int64(id)
                                   .optional_text(hash)
                                   .text(displayable(name, kMaxName))
                                   .timestamp(at))
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
                                                    .text(displayable(name, kMaxName))
                                                    .text(displayable_url(avatar_url)));
}

Outcome<std::vector<User>> list(Connection& connection, UserId after, int limit) {
  return connection.execute(kList, Parameters().int64(after).int64(limit))
      .map(
          [](const Rows& rows) { return rows.all([](const Row& row) { return read_user(row); }); });
}

Outcome<bool> set_disabled(Connection& connection, UserId id, const std::optional<TimePoint>& at) {
  return connection.execute(kSetDisabled, Parameters().int64(id).optional_timestamp(at))
      .map(any_affected);
}

Outcome<bool> set_staff(Connection& connection, UserId id, bool is_staff) {
  return connection.execute(kSetStaff, Parameters().int64(id).boolean(is_staff)).map(any_affected);
}

}  // namespace users
}  // namespace latchkey::sql
