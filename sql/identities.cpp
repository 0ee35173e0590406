#include "sql/identities.h"

#include "sql/identity_row.h"

namespace latchkey::sql {
namespace {

constexpr Statement kFind = {
    .name = "identities.find",
    .text =
        "SELECT " LATCHKEY_IDENTITY_COLUMNS " FROM identities WHERE provider = $1 AND subject = $2",
};
constexpr Statement kLock = {
    .name = "identities.lock",
    .text = "SELECT " LATCHKEY_IDENTITY_COLUMNS
            " FROM identities WHERE provider = $1 AND subject = $2 FOR UPDATE",
};
constexpr Statement kLockById = {
    .name = "identities.lock_by_id",
    .text = "SELECT " LATCHKEY_IDENTITY_COLUMNS " FROM identities WHERE id = $1 FOR UPDATE",
};
constexpr Statement kListOfUser = {
    .name = "identities.list_of_user",
    .text = "SELECT " LATCHKEY_IDENTITY_COLUMNS " FROM identities WHERE user_id = $1 ORDER BY id",
};
constexpr Statement kInsert = {
    .name = "identities.insert",
    .text =
        "INSERT INTO identities (user_id, provider, subject, email, email_verified,"
        " linked_at, last_used_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6)",
};
constexpr Statement kRecordUse = {
    .name = "identities.record_use",
    .text =
        "UPDATE identities SET email = $2, email_verified = $3,"
        " last_used_at = greatest(last_used_at, $4) WHERE id = $1 AND user_id = $5",
};
constexpr Statement kMove = {
    .name = "identities.move",
    .text = "UPDATE identities SET user_id = $2 WHERE id = $1",
};
constexpr Statement kCountOfUser = {
    .name = "identities.count_of_user",
    .text = "SELECT count(*) FROM identities WHERE user_id = $1",
};
constexpr Statement kRemove = {
    .name = "identities.remove",
    .text = "DELETE FROM identities WHERE id = $1",
};
constexpr Statement kRemoveAllOfUser = {
    .name = "identities.remove_all_of_user",
    .text = "DELETE FROM identities WHERE user_id = $1",
};

std::optional<IdentityRow> at_most_one(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_identity(rows[0]);
}

}  // namespace

namespace identities {

Outcome<std::optional<IdentityRow>> find(Connection& connection, const std::string& provider,
                                         const std::string& subject) {
  return connection.execute(kFind, Parameters().text(provider).text(subject)).map(at_most_one);
}

Outcome<std::optional<IdentityRow>> lock(Connection& connection, const std::string& provider,
                                         const std::string& subject) {
  return connection.execute(kLock, Parameters().text(provider).text(subject)).map(at_most_one);
}

Outcome<std::optional<IdentityRow>> lock_by_id(Connection& connection, std::int64_t id) {
  return connection.execute(kLockById, Parameters().int64(id)).map(at_most_one);
}

Outcome<std::vector<IdentityRow>> list_of_user(Connection& connection, UserId user) {
  return connection.execute(kListOfUser, Parameters().int64(user)).map([](const Rows& rows) {
    return rows.all([](const Row& row) { return read_identity(row); });
  });
}

Outcome<void> insert(Connection& connection, const NewIdentity& identity) {
  return connection.execute_later(kInsert, Parameters()
                                               .int64(identity.user_id)
                                               .text(identity.provider)
                                               .text(identity.subject)
                                               .text(identity.email)
                                               .boolean(identity.email_verified)
                                               .timestamp(identity.linked_at));
}

Outcome<bool> record_use(Connection& connection, const IdentityRow& identity,
                         const std::string& email, bool email_verified, TimePoint at) {
  return connection
      .execute(kRecordUse, Parameters()
                               .int64(identity.id)
                               .text(email)
                               .boolean(email_verified)
                               .timestamp(at)
                               .int64(identity.user_id))
      .map([](const Rows& rows) { return rows.affected() > 0; });
}

Outcome<void> move(Connection& connection, std::int64_t id, UserId to) {
  return connection.execute(kMove, Parameters().int64(id).int64(to)).map([](const Rows&) {});
}

Outcome<std::int64_t> count_of_user(Connection& connection, UserId user) {
  return connection.execute(kCountOfUser, Parameters().int64(user)).map([](const Rows& rows) {
    return rows[0].int64(0);
  });
}

Outcome<bool> remove(Connection& connection, std::int64_t id) {
  return connection.execute(kRemove, Parameters().int64(id)).map([](const Rows& rows) {
    return rows.affected() > 0;
  });
}

Outcome<void> remove_all_of_user(Connection& connection, UserId user) {
  return connection.execute_later(kRemoveAllOfUser, Parameters().int64(user));
}

}  // namespace identities
}  // namespace latchkey::sql
