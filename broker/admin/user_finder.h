// The administration's search. A page is filled from one way of finding after the other, each its
// own statement with its own index: what the text names exactly (id, subject, provider:subject,
// address), addresses that begin with it, then whoever holds it anywhere in address or name. Where
// the database cannot find parts, and for texts of one or two characters, names that begin with it
// stand in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/pool.h"
#include "sql/user_search.h"

namespace latchkey::broker::admin {

struct UserQuery {
  std::string search;  // at most 254 bytes of UTF-8; surrounding white space does not count
  sql::UserFilter filter;
  std::string page;  // the cursor; empty: the first page
};

struct UserPage {
  std::vector<sql::User> users;
  std::optional<std::string> next;  // the cursor of the next page
};

inline constexpr int kUsersPerPage = 50;

// parameters_invalid for a cursor that no search has given out, or a text it cannot look for.
Result<UserPage> find_users(sql::Connection& db, const UserQuery& query);

// Says in the log when the database finds beginnings of words only, and what helps.
void warn_without_parts(sql::Connection& db);

}  // namespace latchkey::broker::admin
