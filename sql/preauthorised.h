// Identities that an administrator allows before anybody has come in by them: the next sign-in at
// the provider with exactly that verified address is linked to the user. Each serves once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/email.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::sql {

struct PreauthorisedIdentity {
  std::int64_t id = 0;
  UserId user_id = 0;
  std::string provider;
  std::string email;
  TimePoint created_at;
  TimePoint expires_at;
};

struct NewPreauthorisedIdentity {
  UserId user_id = 0;
  std::string provider;
  std::string email;  // Email::str()
  TimePoint created_at;
  TimePoint expires_at;
  std::optional<UserId> created_by;
};

namespace preauthorised_identities {

// Those that have expired are never answered.
Outcome<std::optional<PreauthorisedIdentity>> find(Connection&, const std::string& provider,
                                                   const Email& email, TimePoint now);
Outcome<std::vector<PreauthorisedIdentity>> list_of_user(Connection&, UserId user, TimePoint now);
// In place of the user's own for that provider and address, or of one that has expired; of
// another user's only with `replace`, else nullopt.
Outcome<std::optional<PreauthorisedIdentity>> put(Connection&,
                                                  const NewPreauthorisedIdentity& preauthorised,
                                                  bool replace);
// Gives all of one user's to another; answers their ids.
Outcome<std::vector<std::int64_t>> move_all(Connection&, UserId from, UserId to);
// Gives those of `ids` that are `from`'s to another; answers how many.
Outcome<std::int64_t> move(Connection&, const std::vector<std::int64_t>& ids, UserId from,
                           UserId to);
// Answers whether there was one.
Outcome<bool> remove(Connection&, std::int64_t id);
Outcome<std::int64_t> sweep(Connection&, TimePoint now, int limit);

}  // namespace preauthorised_identities
}  // namespace latchkey::sql
