// The link policy (DESIGN section 6): the one pure function that decides what a returning identity
// may do. It is asked inside the transaction that carries the decision out, with what the database
// says at that moment; it touches nothing itself.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "sql/users.h"

namespace latchkey::broker {

// `reauthenticate` asks the policy nothing: see accounts/reauthentication.h.
enum class Intent { sign_in, connect, reauthenticate };

// What the visitor of a pending sign-in has shown since. A code proves the address it was mailed
// to; a password proves an account, and its address only if that account had verified it before.
enum class Proof { none, mailed_code, password };

// What the provider says of the identity's e-mail.
enum class EmailStanding { none, unverified, verified, authoritative };

// The user an identity already belongs to.
struct IdentityOwner {
  sql::UserId user_id = 0;
  bool disabled = false;
};

// The local account with the provider's e-mail, or with the address that was proven. Of an address
// whose account has become part of another one: whether that address had been verified, and else
// the other one.
struct LocalAccount {
  bool email_verified = false;
  bool disabled = false;
  bool is_staff = false;
  bool by_merge = false;  // the address is that of a user who is part of this one
};

struct LinkQuestion {
  Intent intent = Intent::sign_in;
  std::optional<IdentityOwner> owner;
  std::optional<sql::UserId> current_user;  // of the session that began a `connect` flow
  EmailStanding email = EmailStanding::none;
  Proof proof = Proof::none;
  std::optional<LocalAccount> account;
  bool preauthorised = false;  // for `account`, by an administrator, with the verified e-mail
  bool signup_open = true;
};

enum class LinkDecision {
  sign_in,             // a known identity: its owner enters
  connect,             // link to the signed-in user
  already_connected,   // it is linked to the signed-in user
  link,                // link to the verified account with the same address, enter
  link_preauthorised,  // link to the account that an administrator named beforehand, enter
  link_merged,         // link to the account that the one with that address is part of, enter
  claim,               // take over the unverified account: drop what its maker left, enter
  create,              // a new user without password
  pend_email_missing,
  pend_email_unverified,
  pend_account_exists,
  refuse_disabled,
  refuse_identity_in_use,
  refuse_unverified_staff,    // an unverified staff account is never taken over by an e-mail
  refuse_unverified_account,  // its password proves nothing of the address
  refuse_signup_closed,
};

LinkDecision decide(const LinkQuestion& question);

// For the audit log: "linked: verified address at the provider matches a verified local address".
std::string_view reason(LinkDecision decision, Proof proof = Proof::none);
// What the visitor is told when the decision is a refusal; nullopt when it is none.
std::optional<ErrorCode> refusal(LinkDecision decision);

}  // namespace latchkey::broker
