#include "sql/user_search.h"

#include "base/try.h"
#include "sql/user_row.h"

namespace latchkey::sql {
namespace {

// The filter's own parameters are always the first three; add_filter() gives them.
#define LATCHKEY_FILTER                                                  \
  " ($1::text IS NULL OR EXISTS (SELECT 1 FROM identities"               \
  "  WHERE identities.user_id = users.id AND identities.provider = $1))" \
  " AND ($2::boolean IS NULL OR (users.disabled_at IS NOT NULL) = $2)"   \
  " AND ($3::boolean IS NULL OR users.is_staff = $3)"
// What earlier ways have found.
#define LATCHKEY_NOT_FOUND_YET " NOT starts_with(users.email, $4) AND users.id <> ALL ($5)"
// The expression of users_parts_idx.
#define LATCHKEY_PARTS "((users.email || chr(10) || lower(users.name)) COLLATE \"C\")"

constexpr Statement kNewest = {
    .name = "user_search.newest",
    .text = "SELECT " LATCHKEY_USER_COLUMNS " FROM users WHERE users.id < $4 AND" LATCHKEY_FILTER
            " ORDER BY users.id DESC LIMIT $5",
};
// The same users in the same order, reached through the index that holds few of them.
constexpr Statement kNewestStaff = {
    .name = "user_search.newest_staff",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM users"
            " WHERE users.is_staff AND users.id < $4 AND" LATCHKEY_FILTER
            " ORDER BY users.id DESC LIMIT $5",
};
constexpr Statement kNewestDisabled = {
    .name = "user_search.newest_disabled",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM users"
            " WHERE users.disabled_at IS NOT NULL AND users.id < $4 AND" LATCHKEY_FILTER
            " ORDER BY users.id DESC LIMIT $5",
};
constexpr Statement kNewestOfProvider = {
    .name = "user_search.newest_of_provider",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM (SELECT DISTINCT user_id FROM identities WHERE provider = $1 AND user_id < $4"
            "  ORDER BY user_id DESC) AS found JOIN users ON users.id = found.user_id"
            " WHERE" LATCHKEY_FILTER " ORDER BY found.user_id DESC LIMIT $5",
};

constexpr Statement kExact = {
    .name = "user_search.exact",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM users WHERE users.id IN (SELECT $4::bigint"
            "  UNION SELECT id FROM users WHERE email = $5"
            "  UNION SELECT user_id FROM identities WHERE subject = $6"
            "  UNION SELECT user_id FROM identities WHERE provider = $7 AND subject = $8)"
            " AND" LATCHKEY_FILTER " ORDER BY users.id LIMIT $9",
};
// Addresses are ASCII (users_email_form), so DEL is behind all that begin with the prefix.
constexpr Statement kByEmail = {
    .name = "user_search.by_email",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM users WHERE users.email >= $4 AND users.email < $4 || chr(127)"
            " AND users.email > $5 AND" LATCHKEY_FILTER " ORDER BY users.email LIMIT $6",
};
constexpr Statement kByName = {
    .name = "user_search.by_name",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM users WHERE (lower(users.name) COLLATE \"C\") >= lower($6)"
            " AND (lower(users.name) COLLATE \"C\") < lower($6) || chr(1114111)"
            " AND ((lower(users.name) COLLATE \"C\"), users.id) > (lower($7), $8::bigint)"
            " AND" LATCHKEY_NOT_FOUND_YET " AND" LATCHKEY_FILTER
            " ORDER BY (lower(users.name) COLLATE \"C\"), users.id LIMIT $9",
};
constexpr Statement kFindsParts = {
    .name = "user_search.finds_parts",
    .text = "SELECT to_regclass('users_parts_idx') IS NOT NULL",
};
// What many have in common is found among the newest few thousand, in the order of ids, without the
// index, which would have to collect all of it first.
constexpr Statement kByPartAmongNewest = {
    .name = "user_search.by_part_among_newest",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM (SELECT * FROM users WHERE id < $7 ORDER BY id DESC LIMIT 5000) AS users"
            " WHERE " LATCHKEY_PARTS " LIKE '%' || lower($6) || '%' AND" LATCHKEY_NOT_FOUND_YET
            " AND" LATCHKEY_FILTER " ORDER BY users.id DESC LIMIT $8",
};
// MATERIALIZED keeps the planner from reading everybody backwards in the hope of a quick page.
constexpr Statement kByPart = {
    .name = "user_search.by_part",
    .text =
        "WITH found AS MATERIALIZED (SELECT users.id FROM users"
        "  WHERE " LATCHKEY_PARTS
        " LIKE '%' || lower($6) || '%')"
        " SELECT " LATCHKEY_USER_COLUMNS
        " FROM users WHERE users.id IN ("
        "  SELECT users.id FROM users JOIN found ON found.id = users.id WHERE users.id < $7"
        "  AND" LATCHKEY_NOT_FOUND_YET " AND" LATCHKEY_FILTER
        "  ORDER BY users.id DESC LIMIT $8) ORDER BY users.id DESC",
};

Parameters& add_optional_boolean(Parameters& parameters, const std::optional<bool>& value) {
  return value ? parameters.boolean(*value) : parameters.null();
}

Parameters filtered(const UserFilter& filter) {
  Parameters parameters;
  parameters.optional_text(filter.provider);
  add_optional_boolean(parameters, filter.disabled);
  add_optional_boolean(parameters, filter.staff);
  return parameters;
}

// A backslash escapes LIKE's own characters, and itself.
std::string literal_pattern(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

const Statement& newest_statement(const UserFilter& filter) {
  if (filter.staff == true) return kNewestStaff;
  if (filter.disabled == true) return kNewestDisabled;
  return filter.provider ? kNewestOfProvider : kNewest;
}

std::vector<User> read_users(const Rows& rows) {
  return rows.all([](const Row& row) { return read_user(row); });
}

}  // namespace

namespace user_search {

Outcome<std::vector<User>> newest(Connection& connection, const UserFilter& filter, UserId before,
                                  int limit) {
  return connection.execute(newest_statement(filter), filtered(filter).int64(before).int64(limit))
      .map(read_users);
}

Outcome<std::vector<User>> exact(Connection& connection, const UserFilter& filter,
                                 const Exact& names, int limit) {
  std::optional<std::string> provider;
  std::optional<std::string> subject;
  if (names.identity) std::tie(provider, subject) = *names.identity;
  return connection
      .execute(kExact, filtered(filter)
                           .optional_int64(names.id)
                           .optional_text(names.email)
                           .optional_text(names.subject)
                           .optional_text(provider)
                           .optional_text(subject)
                           .int64(limit))
      .map(read_users);
}

Outcome<std::vector<User>> by_email(Connection& connection, const UserFilter& filter,
                                    const std::string& prefix, const std::string& after,
                                    int limit) {
  return connection.execute(kByEmail, filtered(filter).text(prefix).text(after).int64(limit))
      .map(read_users);
}

Outcome<std::vector<User>> by_name(Connection& connection, const UserFilter& filter,
                                   const std::string& prefix, const NameKey& after,
                                   const Found& found, int limit) {
  return connection
      .execute(kByName, filtered(filter)
                            .text(found.email_prefix)
                            .int64_array(found.ids)
                            .text(prefix)
                            .text(after.name)
                            .int64(after.id)
                            .int64(limit))
      .map(read_users);
}

Outcome<bool> finds_parts(Connection& connection) {
  return connection.execute(kFindsParts).map([](const Rows& rows) { return rows[0].boolean(0); });
}

Outcome<std::vector<User>> by_part(Connection& connection, const UserFilter& filter,
                                   const std::string& part, UserId before, const Found& found,
                                   int limit) {
  const Parameters parameters = filtered(filter)
                                    .text(found.email_prefix)
                                    .int64_array(found.ids)
                                    .text(literal_pattern(part))
                                    .int64(before)
                                    .int64(limit);
  LATCHKEY_TRY_ASSIGN(const Rows among_newest, connection.execute(kByPartAmongNewest, parameters));
  if (among_newest.size() == limit) return read_users(among_newest);
  return connection.execute(kByPart, parameters).map(read_users);
}

}  // namespace user_search
}  // namespace latchkey::sql
