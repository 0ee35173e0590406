// The identities table: (provider, subject), byte-exact and unique, and the user each belongs to.
// The e-mail kept here is what the provider said last; nothing looks an identity up by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::sql {

// OpenID Connect Core section 2, and the table's own limit.
inline constexpr std::size_t kMaxSubjectBytes = 255;

struct IdentityRow {
  std::int64_t id = 0;
  UserId user_id = 0;
  std::string provider;
  std::string subject;
  std::string email;  // empty when the provider gave none
  bool email_verified = false;
  TimePoint linked_at;
  std::optional<TimePoint> last_used_at;
};

struct NewIdentity {
  UserId user_id = 0;
  std::string provider;
  std::string subject;  // 1 to kMaxSubjectBytes of clean UTF-8
  std::string email;
  bool email_verified = false;
  TimePoint linked_at;  // also the first last_used_at
};

namespace identities {

Outcome<std::optional<IdentityRow>> find(Connection&, const std::string& provider,
                                         const std::string& subject);
// The same, holding the row until the transaction ends.
Outcome<std::optional<IdentityRow>> lock(Connection&, const std::string& provider,
                                         const std::string& subject);
Outcome<std::optional<IdentityRow>> lock_by_id(Connection&, std::int64_t id);
Outcome<std::vector<IdentityRow>> list_of_user(Connection&, UserId user);  // oldest first
// unique_violation when (provider, subject) is taken; inside a transaction the next statement or
// the commit tells.
Outcome<void> insert(Connection&, const NewIdentity& identity);
// Notes the use and what the provider says of the e-mail now. False when the identity is no longer
// that user's.
Outcome<bool> record_use(Connection&, const IdentityRow& identity, const std::string& email,
                         bool email_verified, TimePoint at);
Outcome<std::int64_t> count_of_user(Connection&, UserId user);
// Gives it to another user.
Outcome<void> move(Connection&, std::int64_t id, UserId to);
// Answers whether there was one.
Outcome<bool> remove(Connection&, std::int64_t id);
Outcome<void> remove_all_of_user(Connection&, UserId user);

}  // namespace identities
}  // namespace latchkey::sql
