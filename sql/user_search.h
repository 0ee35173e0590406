// Finding users for the administration: one statement for each way in which a search text can mean
// a user, each with an index under it (0009_user_search.sql) and each in an order that the next
// page can continue. broker/admin/user_finder puts them together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::sql {

struct UserFilter {
  std::optional<std::string> provider;  // has an identity there
  std::optional<bool> disabled;
  std::optional<bool> staff;
};

namespace user_search {

// Without a search text, newest first, with ids below `before`.
Outcome<std::vector<User>> newest(Connection&, const UserFilter& filter, UserId before, int limit);

// What the whole text may name.
struct Exact {
  std::optional<UserId> id;
  std::optional<std::string> email;
  std::optional<std::string> subject;                           // at any provider
  std::optional<std::pair<std::string, std::string>> identity;  // provider and subject
};
Outcome<std::vector<User>> exact(Connection&, const UserFilter& filter, const Exact& names,
                                 int limit);

// Addresses that begin with `prefix` (lower case), in their order, behind `after`.
Outcome<std::vector<User>> by_email(Connection&, const UserFilter& filter,
                                    const std::string& prefix, const std::string& after, int limit);

// What the earlier ways have found already and the later ones leave out.
struct Found {
  std::string email_prefix;
  std::vector<UserId> ids;
};
struct NameKey {
  std::string name;
  UserId id = 0;
};
// Names that begin with `prefix` in any case, in their order, behind `after`.
Outcome<std::vector<User>> by_name(Connection&, const UserFilter& filter, const std::string& prefix,
                                   const NameKey& after, const Found& found, int limit);

// Whether this database can find parts of words quickly: pg_trgm and its index are there.
Outcome<bool> finds_parts(Connection&);
// Addresses and names that hold `part` anywhere and in any case, newest first, with ids below
// `before`. Three characters at least, or it reads everybody.
Outcome<std::vector<User>> by_part(Connection&, const UserFilter& filter, const std::string& part,
                                   UserId before, const Found& found, int limit);

}  // namespace user_search
}  // namespace latchkey::sql
