#include "broker/link_policy.h"

namespace latchkey::broker {
namespace {

LinkDecision decide_connect(const LinkQuestion& question) {
  if (!question.owner) return LinkDecision::connect;
  return question.owner->user_id == question.current_user ? LinkDecision::already_connected
                                                          : LinkDecision::refuse_identity_in_use;
}

// The old address of somebody who has been merged away leads on only by the word of who owns it: a
// mailbox that was given up may be another's by now. Nobody becomes staff by it.
LinkDecision decide_with_survivor(EmailStanding email, const LocalAccount& account) {
  const bool leads_on = email == EmailStanding::authoritative && account.email_verified &&
                        !account.disabled && !account.is_staff;
  return leads_on ? LinkDecision::link_merged : LinkDecision::refuse_disabled;
}

LinkDecision decide_with_account(EmailStanding email, const LocalAccount& account) {
  if (account.by_merge) return decide_with_survivor(email, account);
  if (account.disabled) return LinkDecision::refuse_disabled;
  switch (email) {
    case EmailStanding::authoritative:
      if (account.email_verified) return LinkDecision::link;
      return account.is_staff ? LinkDecision::refuse_unverified_staff : LinkDecision::claim;
    case EmailStanding::verified:
      return LinkDecision::pend_account_exists;
    case EmailStanding::unverified:
    case EmailStanding::none:
      break;
  }
  return LinkDecision::pend_email_unverified;
}

LinkDecision decide_with_code(const LinkQuestion& question) {
  if (!question.account) {
    return question.signup_open ? LinkDecision::create : LinkDecision::refuse_signup_closed;
  }
  if (question.account->disabled) return LinkDecision::refuse_disabled;
  if (question.account->email_verified) return LinkDecision::link;
  return question.account->is_staff ? LinkDecision::refuse_unverified_staff : LinkDecision::claim;
}

// An unverified account's password was chosen by whoever made it (pre-hijacking).
LinkDecision decide_with_password(const LinkQuestion& question) {
  if (!question.account) return LinkDecision::refuse_unverified_account;
  if (question.account->disabled) return LinkDecision::refuse_disabled;
  return question.account->email_verified ? LinkDecision::link
                                          : LinkDecision::refuse_unverified_account;
}

// With sign-up closed only a proven new address is refused: the others may still turn out to be
// somebody's who has an account, and must not tell whether they are.
LinkDecision decide_newcomer(const LinkQuestion& question) {
  switch (question.email) {
    case EmailStanding::authoritative:
    case EmailStanding::verified:
      return question.signup_open ? LinkDecision::create : LinkDecision::refuse_signup_closed;
    case EmailStanding::unverified:
      return LinkDecision::pend_email_unverified;
    case EmailStanding::none:
      break;
  }
  return LinkDecision::pend_email_missing;
}

}  // namespace

LinkDecision decide(const LinkQuestion& question) {
  if (question.intent == Intent::connect) return decide_connect(question);
  if (question.owner) {
    return question.owner->disabled ? LinkDecision::refuse_disabled : LinkDecision::sign_in;
  }
  if (question.proof == Proof::mailed_code) return decide_with_code(question);
  if (question.proof == Proof::password) return decide_with_password(question);
  if (question.preauthorised && question.account) {
    return question.account->disabled ? LinkDecision::refuse_disabled
                                      : LinkDecision::link_preauthorised;
  }
  if (question.email != EmailStanding::none && question.account) {
    return decide_with_account(question.email, *question.account);
  }
  return decide_newcomer(question);
}

namespace {

// Where the proof makes a difference to what is said.
std::string_view reason_of_proven(LinkDecision decision, Proof proof) {
  const bool by_code = proof == Proof::mailed_code;
  switch (decision) {
    case LinkDecision::link:
      return by_code ? "linked: a mailed code proves the verified address of the account"
                     : "linked: the password of the account is right";
    case LinkDecision::claim:
      return "claimed: a mailed code proves the address of an unverified account; its password, "
             "sessions and identities were dropped";
    case LinkDecision::create:
      return "created: a mailed code proves an address that is new here";
    default:
      return {};
  }
}

}  // namespace

std::string_view reason(LinkDecision decision, Proof proof) {
  if (proof != Proof::none) {
    if (const auto proven = reason_of_proven(decision, proof); !proven.empty()) return proven;
  }
  switch (decision) {
    case LinkDecision::sign_in:
      return "signed in: the identity is known";
    case LinkDecision::connect:
      return "connected: the signed-in user asked for it";
    case LinkDecision::already_connected:
      return "nothing to do: the identity is already connected";
    case LinkDecision::link:
      return "linked: verified address at the provider matches a verified local address";
    case LinkDecision::link_preauthorised:
      return "linked: an administrator allowed this verified address of the provider beforehand";
    case LinkDecision::link_merged:
      return "linked: verified address at the provider is that of a user who is part of this one";
    case LinkDecision::claim:
      return "claimed: verified address at the provider matches an unverified local address; its "
             "password, sessions and identities were dropped";
    case LinkDecision::create:
      return "created: verified address at the provider is new here";
    case LinkDecision::pend_email_missing:
      return "pending: the provider gave no e-mail address";
    case LinkDecision::pend_email_unverified:
      return "pending: the provider does not vouch for the e-mail address";
    case LinkDecision::pend_account_exists:
      return "pending: the address belongs to an account and the provider is not authoritative "
             "for it";
    case LinkDecision::refuse_disabled:
      return "refused: the account is disabled";
    case LinkDecision::refuse_identity_in_use:
      return "refused: the identity is connected to another user";
    case LinkDecision::refuse_unverified_staff:
      return "refused: the address belongs to a staff account that has not verified it";
    case LinkDecision::refuse_unverified_account:
      return "refused: the account has not verified the address, so its password does not prove it";
    case LinkDecision::refuse_signup_closed:
      return "refused: sign-up is closed";
  }
  return "";
}

std::optional<ErrorCode> refusal(LinkDecision decision) {
  switch (decision) {
    case LinkDecision::refuse_disabled:
      return ErrorCode::account_disabled;
    case LinkDecision::refuse_identity_in_use:
      return ErrorCode::identity_in_use;
    case LinkDecision::refuse_unverified_staff:
    case LinkDecision::refuse_unverified_account:
      return ErrorCode::email_not_verified;
    case LinkDecision::refuse_signup_closed:
      return ErrorCode::signup_disabled;
    case LinkDecision::sign_in:
    case LinkDecision::connect:
    case LinkDecision::already_connected:
    case LinkDecision::link:
    case LinkDecision::link_preauthorised:
    case LinkDecision::link_merged:
    case LinkDecision::claim:
    case LinkDecision::create:
    case LinkDecision::pend_email_missing:
    case LinkDecision::pend_email_unverified:
    case LinkDecision::pend_account_exists:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace latchkey::broker
