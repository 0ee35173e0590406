// The account_proofs table: links that were mailed to prove an address, each good once. It holds
// the SHA-256 of the link's token, never the token. Whoever writes here holds the user's row
// (users::lock_by_id), so that of several things that happen to one account each sees the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::sql {

enum class ProofPurpose { confirm_email, change_email, reset_password };

struct AccountProof {
  UserId user_id = 0;
  ProofPurpose purpose = ProofPurpose::confirm_email;
  std::string email;                         // Email::str() of the address that is proven
  std::optional<std::string> password_hash;  // of a sign-up: takes effect with the proof
  std::string name;                          // 〃
  std::string next;                          // where its visitor wanted to go; may be empty
  // The visit that it stands for. A link that is mailed again keeps it.
  std::string device;
  std::string ip;  // textual address or empty
  TimePoint created_at;
  TimePoint expires_at;
};

namespace account_proofs {

// Takes the place of the one that the user has for that purpose.
Outcome<void> put(Connection&, const std::string& token_hash, const AccountProof& proof);
// What it would prove, if it has not expired; nothing is held or used up.
Outcome<std::optional<AccountProof>> find(Connection&, const std::string& token_hash,
                                          TimePoint now);
// What the user's newest sign-up brings when its address is proven, even if its link has expired.
Outcome<std::optional<AccountProof>> find_sign_up(Connection&, UserId user);
// Uses it up: of several at once, one sees it. nullopt: used, replaced, expired or unknown.
Outcome<std::optional<AccountProof>> consume(Connection&, const std::string& token_hash,
                                             TimePoint now);
// The user's confirmation proves the address as before, but brings no password.
Outcome<void> forget_password(Connection&, UserId user);
// All but the confirmation.
Outcome<void> remove_all_but_sign_up(Connection&, UserId user);
Outcome<void> remove_all_of_user(Connection&, UserId user);
// Deletes at most `limit` rows that have expired; answers how many. Sign-ups stay: else the next
// link would bring what an earlier one left.
Outcome<std::int64_t> sweep(Connection&, TimePoint now, int limit);

}  // namespace account_proofs
}  // namespace latchkey::sql
