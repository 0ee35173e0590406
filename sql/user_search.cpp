#include "sql/user_search.h"

#include <limits>

#include "base/try.h"
#include "sql/user_row.h"

namespace latchkey::sql {
namespace {

// Every statement's first parameters are the filter's provider ($1), where it goes on ($2), and the
// filter's disabled ($3) and staff ($4). OFFSET 0 keeps the planner from hashing all identities of
// a provider to look at a few users.
#define LATCHKEY_AT_PROVIDER                               \
  " ($1::text IS NULL OR EXISTS (SELECT 1 FROM identities" \
  "  WHERE identities.user_id = users.id AND identities.provider = $1 OFFSET 0))"
#define LATCHKEY_STANDING                                          \
  " ($3::boolean IS NULL OR (users.disabled_at IS NOT NULL) = $3)" \
  " AND ($4::boolean IS NULL OR users.is_staff = $4)"
#define LATCHKEY_FILTER LATCHKEY_AT_PROVIDER " AND" LATCHKEY_STANDING
// The expression of users_parts_idx.
#define LATCHKEY_PARTS " ((users.email || chr(10) || lower(users.name)) COLLATE \"C\")"
// The planner cannot look into the subquery: all texts have one plan, which is that for a rare one.
#define LATCHKEY_HOLDS_PART LATCHKEY_PARTS " LIKE (SELECT '%' || lower($6) || '%')"
// What earlier ways have found.
#define LATCHKEY_NOT_FOUND_YET " NOT starts_with(users.email, $7) AND users.id <> ALL ($8)"

// The statements that go through users in an order, each time from the index that holds the fewest
// of those whom the filter wants.
struct Walk {
  Statement newest;  // of the first $9 (NULL: of all), those with the part $6 (NULL: any)
  Statement nth;     // the $3rd of them
  Statement by_email;
  Statement by_name;
};

// IDS are the users below $2, newest first; CHECK is what then remains of the filter; ONLY says for
// the other orders what IDS say. LATERAL with OFFSET 0 looks up one user after the other until the
// page is full, however many the planner expects. Addresses are ASCII (users_email_form), so DEL is
// behind all that begin with a prefix. Names have one lower bound, because of two the index may
// begin at the lower.
#define LATCHKEY_WALK(SUFFIX, IDS, ORDER, CHECK, ONLY)                                            \
  {                                                                                               \
    .newest = {.name = "user_search.newest" SUFFIX,                                               \
               .text =                                                                            \
                   "SELECT " LATCHKEY_USER_COLUMNS " FROM (" IDS                                  \
                   " LIMIT $9::bigint) AS walked,"                                                \
                   " LATERAL (SELECT * FROM users WHERE users.id = walked.id OFFSET 0) AS users"  \
                   " WHERE" CHECK " AND ($6::text IS NULL OR (" LATCHKEY_HOLDS_PART               \
                   " AND" LATCHKEY_NOT_FOUND_YET                                                  \
                   "))"                                                                           \
                   " ORDER BY " ORDER " LIMIT $5"},                                               \
    .nth = {.name = "user_search.nth" SUFFIX, .text = IDS " OFFSET $3 - 1 LIMIT 1"},              \
    .by_email = {.name = "user_search.by_email" SUFFIX,                                           \
                 .text = "SELECT " LATCHKEY_USER_COLUMNS                                          \
                         " FROM users WHERE users.email >= $5"                                    \
                         " AND users.email < $5 || chr(127) AND users.email > $2" ONLY            \
                         " AND" LATCHKEY_FILTER " ORDER BY users.email LIMIT $6"},                \
    .by_name = {.name = "user_search.by_name" SUFFIX,                                             \
                .text =                                                                           \
                    "SELECT " LATCHKEY_USER_COLUMNS                                               \
                    " FROM users WHERE ((lower(users.name) COLLATE \"C\"), users.id)"             \
                    " > (greatest(lower($6) COLLATE \"C\", lower($9) COLLATE \"C\"), $2::bigint)" \
                    " AND (lower(users.name) COLLATE \"C\") < lower($6) || chr(1114111)"          \
                    " AND" LATCHKEY_NOT_FOUND_YET ONLY " AND" LATCHKEY_FILTER                     \
                    " ORDER BY (lower(users.name) COLLATE \"C\"), users.id LIMIT $5"},            \
  }

constexpr Walk kEverybody = LATCHKEY_WALK("", "SELECT id FROM users WHERE id < $2 ORDER BY id DESC",
                                          "walked.id DESC", LATCHKEY_FILTER, "");
constexpr Walk kStaff =
    LATCHKEY_WALK("_staff", "SELECT id FROM users WHERE is_staff AND id < $2 ORDER BY id DESC",
                  "walked.id DESC", LATCHKEY_FILTER, " AND users.is_staff");
constexpr Walk kDisabled = LATCHKEY_WALK(
    "_disabled", "SELECT id FROM users WHERE disabled_at IS NOT NULL AND id < $2 ORDER BY id DESC",
    "walked.id DESC", LATCHKEY_FILTER, " AND users.disabled_at IS NOT NULL");
// Said in this way, only the index of provider and user has the order. With `provider = $1` the
// planner may go through everybody's identities for those of a provider that few use.
#define LATCHKEY_IDS_OF_PROVIDER                            \
  "SELECT DISTINCT user_id AS id, provider FROM identities" \
  " WHERE (provider, user_id) < ($1, $2) AND provider >= $1 ORDER BY provider DESC, user_id DESC"
#define LATCHKEY_ORDER_OF_PROVIDER "walked.provider DESC, walked.id DESC"
constexpr Walk kOfProvider = LATCHKEY_WALK("_of_provider", LATCHKEY_IDS_OF_PROVIDER,
                                           LATCHKEY_ORDER_OF_PROVIDER, LATCHKEY_STANDING, "");
constexpr Walk kOfSmallProvider = LATCHKEY_WALK(
    "_of_small_provider", LATCHKEY_IDS_OF_PROVIDER, LATCHKEY_ORDER_OF_PROVIDER, LATCHKEY_STANDING,
    " AND users.id = ANY (ARRAY(SELECT user_id FROM identities WHERE provider = $1))");

constexpr Statement kExact = {
    .name = "user_search.exact",
    .text = "SELECT " LATCHKEY_USER_COLUMNS
            " FROM (SELECT $2::bigint AS id"
            "  UNION SELECT id FROM users WHERE email = $5"
            "  UNION SELECT user_id FROM identities WHERE subject = $6"
            "  UNION SELECT user_id FROM identities WHERE provider = $7 AND subject = $8) AS named,"
            " LATERAL (SELECT * FROM users WHERE users.id = named.id OFFSET 0) AS users"
            " WHERE" LATCHKEY_FILTER " ORDER BY users.id LIMIT $9",
};
constexpr Statement kFindsParts = {
    .name = "user_search.finds_parts",
    .text = "SELECT to_regclass('users_parts_idx') IS NOT NULL",
};
// A part that many have is soon met on a walk, but takes long to collect from the index; a part
// that few have is the other way round. The newest users tell which it is.
constexpr Statement kManyHold = {
    .name = "user_search.many_hold",
    .text =
        "SELECT count(*) >= 10 FROM (SELECT * FROM users ORDER BY id DESC LIMIT 2000) AS users"
        " WHERE" LATCHKEY_PARTS " LIKE (SELECT '%' || lower($1) || '%')",
};
// `+ 0` keeps the planner from a walk in the hope of a quick page, and from reading all ids to
// combine them with the trigrams.
constexpr Statement kByPart = {
    .name = "user_search.by_part",
    .text = "SELECT " LATCHKEY_USER_COLUMNS " FROM users WHERE" LATCHKEY_HOLDS_PART
            " AND users.id + 0 < $2 AND" LATCHKEY_NOT_FOUND_YET " AND" LATCHKEY_FILTER
            " ORDER BY users.id + 0 DESC LIMIT $5",
};

// How many users a walk for a part looks at.
constexpr std::int64_t kReach = 20'000;
// A provider with fewer is small: its users are looked at one by one.
constexpr std::int64_t kMany = 5'000;

void add_optional_boolean(Parameters& parameters, const std::optional<bool>& value) {
  if (value) {
    parameters.boolean(*value);
  } else {
    parameters.null();
  }
}

// `place`: the provider and where to go on.
Parameters filtered(Parameters place, const UserFilter& filter) {
  add_optional_boolean(place, filter.disabled);
  add_optional_boolean(place, filter.staff);
  return place;
}

Parameters place(const UserFilter& filter, UserId at) {
  return Parameters().optional_text(filter.provider).int64(at);
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

const Walk& walk_of(const UserFilter& filter) {
  if (filter.staff == true) return kStaff;
  if (filter.disabled == true) return kDisabled;
  return filter.provider ? kOfProvider : kEverybody;
}

std::vector<User> read_users(const Rows& rows) {
  return rows.all([](const Row& row) { return read_user(row); });
}

// The `count`th user below `before` whom the filter wants; nullopt: there are fewer.
Outcome<std::optional<UserId>> nth_user(Connection& connection, const UserFilter& filter,
                                        UserId before, std::int64_t count) {
  return connection.execute(walk_of(filter).nth, place(filter, before).int64(count))
      .map([](const Rows& rows) {
        return rows.empty() ? std::nullopt : std::optional(rows[0].int64(0));
      });
}

// For the orders of addresses and names, which the few users of a small provider are far apart in.
Outcome<const Walk*> ordered_walk_of(Connection& connection, const UserFilter& filter) {
  const Walk* walk = &walk_of(filter);
  if (walk != &kOfProvider) return walk;
  LATCHKEY_TRY_ASSIGN(const auto many,
                      nth_user(connection, filter, std::numeric_limits<UserId>::max(), kMany));
  return many ? walk : &kOfSmallProvider;
}

}  // namespace

namespace user_search {

Outcome<std::vector<User>> newest(Connection& connection, const UserFilter& filter, UserId before,
                                  int limit) {
  return connection
      .execute(walk_of(filter).newest, filtered(place(filter, before), filter)
                                           .int64(limit)
                                           .optional_text(std::nullopt)
                                           .text("")
                                           .int64_array({})
                                           .optional_int64(std::nullopt))
      .map(read_users);
}

Outcome<std::vector<User>> exact(Connection& connection, const UserFilter& filter,
                                 const Exact& names, int limit) {
  std::optional<std::string> provider;
  std::optional<std::string> subject;
  if (names.identity) std::tie(provider, subject) = *names.identity;
  Parameters place = Parameters().optional_text(filter.provider).optional_int64(names.id);
  return connection
      .execute(kExact, filtered(std::move(place), filter)
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
  Parameters place = Parameters().optional_text(filter.provider).text(after);
  LATCHKEY_TRY_ASSIGN(const Walk* const walk, ordered_walk_of(connection, filter));
  return connection
      .execute(walk->by_email, filtered(std::move(place), filter).text(prefix).int64(limit))
      .map(read_users);
}

Outcome<std::vector<User>> by_name(Connection& connection, const UserFilter& filter,
                                   const std::string& prefix, const NameKey& after,
                                   const Found& found, int limit) {
  LATCHKEY_TRY_ASSIGN(const Walk* const walk, ordered_walk_of(connection, filter));
  return connection
      .execute(walk->by_name, filtered(place(filter, after.id), filter)
                                  .int64(limit)
                                  .text(prefix)
                                  .text(found.email_prefix)
                                  .int64_array(found.ids)
                                  .text(after.name))
      .map(read_users);
}

Outcome<bool> finds_parts(Connection& connection) {
  return connection.execute(kFindsParts).map([](const Rows& rows) { return rows[0].boolean(0); });
}

Outcome<std::vector<User>> by_part(Connection& connection, const UserFilter& filter,
                                   const std::string& part, UserId before, const Found& found,
                                   int limit) {
  const std::string pattern = literal_pattern(part);
  const auto wanted = [&](UserId below, int count) {
    return filtered(place(filter, below), filter)
        .int64(count)
        .text(pattern)
        .text(found.email_prefix)
        .int64_array(found.ids);
  };
  std::vector<User> users;
  LATCHKEY_TRY_ASSIGN(const Rows many, connection.execute(kManyHold, Parameters().text(pattern)));
  if (many[0].boolean(0)) {
    LATCHKEY_TRY_ASSIGN(const Rows met, connection.execute(walk_of(filter).newest,
                                                           wanted(before, limit).int64(kReach)));
    users = read_users(met);
    if (met.size() == limit) return users;
    LATCHKEY_TRY_ASSIGN(const auto end, nth_user(connection, filter, before, kReach));
    if (!end) return users;
    before = *end;
  }
  LATCHKEY_TRY_ASSIGN(
      const Rows rest,
      connection.execute(kByPart, wanted(before, limit - static_cast<int>(users.size()))));
  for (User& user : read_users(rest)) users.push_back(std::move(user));
  return users;
}

}  // namespace user_search
}  // namespace latchkey::sql
