#include "sql/preauthorised.h"

namespace latchkey::sql {
namespace {

#define LATCHKEY_PREAUTHORISED_COLUMNS "id, user_id, provider, email, created_at, expires_at"

constexpr Statement kFind = {
    .name = "preauthorised_identities.find",
    .text = "SELECT " LATCHKEY_PREAUTHORISED_COLUMNS
            " FROM preauthorised_identities"
            " WHERE provider = $1 AND email = $2 AND expires_at > $3",
};
constexpr Statement kListOfUser = {
    .name = "preauthorised_identities.list_of_user",
    .text = "SELECT " LATCHKEY_PREAUTHORISED_COLUMNS
            " FROM preauthorised_identities"
            " WHERE user_id = $1 AND expires_at > $2 ORDER BY id",
};
constexpr Statement kPut = {
    .name = "preauthorised_identities.put",
    .text =
        "INSERT INTO preauthorised_identities (user_id, provider, email, created_at, expires_at,"
        " created_by) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (provider, email) DO UPDATE SET user_id = excluded.user_id,"
        " created_at = excluded.created_at, expires_at = excluded.expires_at,"
        " created_by = excluded.created_by"
        " WHERE $7 OR preauthorised_identities.user_id = excluded.user_id"
        " OR preauthorised_identities.expires_at <= $4"
        " RETURNING " LATCHKEY_PREAUTHORISED_COLUMNS,
};
constexpr Statement kMoveAll = {
    .name = "preauthorised_identities.move_all",
    .text = "UPDATE preauthorised_identities SET user_id = $2 WHERE user_id = $1 RETURNING id",
};
constexpr Statement kMove = {
    .name = "preauthorised_identities.move",
    .text = "UPDATE preauthorised_identities SET user_id = $3 WHERE id = ANY ($1) AND user_id = $2",
};
constexpr Statement kRemove = {
    .name = "preauthorised_identities.remove",
    .text = "DELETE FROM preauthorised_identities WHERE id = $1",
};
constexpr Statement kSweep = {
    .name = "preauthorised_identities.sweep",
    .text =
        "DELETE FROM preauthorised_identities WHERE id IN ("
        "SELECT id FROM preauthorised_identities WHERE expires_at <= $1"
        " ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
};

PreauthorisedIdentity read(const Row& row) {
  return {
      .id = row.int64(0),
      .user_id = row.int64(1),
      .provider = row.text(2),
      .email = row.text(3),
      .created_at = row.timestamp(4),
      .expires_at = row.timestamp(5),
  };
}

std::optional<PreauthorisedIdentity> at_most_one(const Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read(rows[0]);
}

std::int64_t affected(const Rows& rows) { return rows.affected(); }

}  // namespace

namespace preauthorised_identities {

Outcome<std::optional<PreauthorisedIdentity>> find(Connection& connection,
                                                   const std::string& provider, const Email& email,
                                                   TimePoint now) {
  return connection.execute(kFind, Parameters().text(provider).text(email.str()).timestamp(now))
      .map(at_most_one);
}

Outcome<std::vector<PreauthorisedIdentity>> list_of_user(Connection& connection, UserId user,
                                                         TimePoint now) {
  return connection.execute(kListOfUser, Parameters().int64(user).timestamp(now))
      .map([](const Rows& rows) { return rows.all(read); });
}

Outcome<std::optional<PreauthorisedIdentity>> put(Connection& connection,
                                                  const NewPreauthorisedIdentity& preauthorised,
                                                  bool replace) {
  return connection
      .execute(kPut, Parameters()
                         .int64(preauthorised.user_id)
                         .text(preauthorised.provider)
                         .text(preauthorised.email)
                         .timestamp(preauthorised.created_at)
                         .timestamp(preauthorised.expires_at)
                         .optional_int64(preauthorised.created_by)
                         .boolean(replace))
      .map(at_most_one);
}

Outcome<std::vector<std::int64_t>> move_all(Connection& connection, UserId from, UserId to) {
  return connection.execute(kMoveAll, Parameters().int64(from).int64(to)).map([](const Rows& rows) {
    return rows.all([](const Row& row) { return row.int64(0); });
  });
}

Outcome<std::int64_t> move(Connection& connection, const std::vector<std::int64_t>& ids,
                           UserId from, UserId to) {
  return connection.execute(kMove, Parameters().int64_array(ids).int64(from).int64(to))
      .map(affected);
}

Outcome<bool> remove(Connection& connection, std::int64_t id) {
  return connection.execute(kRemove, Parameters().int64(id)).map([](const Rows& rows) {
    return rows.affected() > 0;
  });
}

Outcome<std::int64_t> sweep(Connection& connection, TimePoint now, int limit) {
  return connection.execute(kSweep, Parameters().timestamp(now).int64(limit)).map(affected);
}

}  // namespace preauthorised_identities
}  // namespace latchkey::sql
