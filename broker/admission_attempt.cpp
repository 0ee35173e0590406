#include "broker/admission_attempt.h"

#include "base/crypto.h"
#include "base/email.h"
#include "base/try.h"
#include "broker/accounts/unproven_account.h"
#include "broker/device_name.h"
#include "broker/owner_notices.h"
#include "sql/users.h"

namespace latchkey::broker {
namespace {

using sql::Outcome;

EmailStanding standing(const std::optional<providers::ProviderEmail>& email) {
  if (!email) return EmailStanding::none;
  if (!email->verified) return EmailStanding::unverified;
  return email->authoritative ? EmailStanding::authoritative : EmailStanding::verified;
}

std::string pending_reason(LinkDecision decision) {
  switch (decision) {
    case LinkDecision::pend_email_missing:
      return "email_missing";
    case LinkDecision::pend_email_unverified:
      return "email_unverified";
    default:
      return "account_exists";
  }
}

// Treated like a lost race, which it is: the sign-in is decided again.
sql::Failure moved_meanwhile() {
  return {.kind = sql::FailureKind::serialization_failure,
          .detail = "what the sign-in was decided by has changed meanwhile"};
}

std::string audit_action(LinkDecision decision) {
  switch (decision) {
    case LinkDecision::sign_in:
      return "sign_in";
    case LinkDecision::connect:
    case LinkDecision::already_connected:
    case LinkDecision::link:
    case LinkDecision::link_preauthorised:
    case LinkDecision::link_merged:
      return "identity.link";
    case LinkDecision::claim:
      return "user.claim";
    case LinkDecision::create:
      return "user.create";
    case LinkDecision::pend_email_missing:
    case LinkDecision::pend_email_unverified:
    case LinkDecision::pend_account_exists:
      return "sign_in.pending";
    case LinkDecision::refuse_disabled:
    case LinkDecision::refuse_identity_in_use:
    case LinkDecision::refuse_unverified_staff:
    case LinkDecision::refuse_unverified_account:
    case LinkDecision::refuse_signup_closed:
      return "sign_in.refused";
  }
  return "";
}

}  // namespace

// E-mail is consulted only for an identity that is unknown (SECURITY rule 1).
Outcome<void> AdmissionDesk::Attempt::look_up() {
  const providers::Identity& identity = request.identity;
  LATCHKEY_TRY_ASSIGN(known, sql::identities::find(db, identity.provider, identity.subject));
  if (known) {
    LATCHKEY_TRY_ASSIGN(owner, sql::users::lock_by_id(db, known->user_id));
    return check_owner();
  }
  const auto address = Email::parse(account_address());
  if (!address || request.intent == Intent::connect) return {};
  // A proof decides by itself.
  if (email_verified() && !request.proven) {
    LATCHKEY_TRY_ASSIGN(preauthorised,
                        sql::preauthorised_identities::find(db, identity.provider, *address, now));
  }
  if (preauthorised) {
    LATCHKEY_TRY_ASSIGN(account, sql::users::lock_by_id(db, preauthorised->user_id));
    return {};
  }
  LATCHKEY_TRY_ASSIGN(account, sql::users::lock_by_email(db, *address));
  // A proof is of the address's own account, which is no more.
  return request.proven ? Outcome<void>() : follow_merges();
}

// From the account that has the address to the one that it has become part of.
Outcome<void> AdmissionDesk::Attempt::follow_merges() {
  if (!account || !account->merged_into) return {};
  merged_address_verified = account->email_verified();
  while (account && account->merged_into) {
    LATCHKEY_TRY_ASSIGN(account, sql::users::lock_by_id(db, *account->merged_into));
  }
  return {};
}

// A merge disables the user whose identities it moves, perhaps while this waited for the user's
// row: then the identity is looked up again. An active owner is checked when the use is recorded.
Outcome<void> AdmissionDesk::Attempt::check_owner() {
  if (!owner || !owner->disabled()) return {};
  LATCHKEY_TRY_ASSIGN(const auto again, sql::identities::find(db, known->provider, known->subject));
  if (again && again->user_id == owner->id) return {};
  return tl::unexpected(moved_meanwhile());
}

LinkQuestion AdmissionDesk::Attempt::question() const {
  LinkQuestion question{.intent = request.intent,
                        .owner = {},
                        .current_user = {},
                        .email = standing(request.identity.email),
                        .proof = proof(),
                        .account = {},
                        .preauthorised = preauthorised.has_value(),
                        .signup_open = parts.config.accounts.signup};
  if (owner) question.owner = IdentityOwner{.user_id = owner->id, .disabled = owner->disabled()};
  if (request.current) question.current_user = request.current->user.id;
  if (account) {
    question.account =
        LocalAccount{.email_verified = merged_address_verified.value_or(account->email_verified()),
                     .disabled = account->disabled(),
                     .is_staff = account->is_staff || account->is_superuser,
                     .by_merge = merged_address_verified.has_value()};
  }
  return question;
}

Outcome<Admission> AdmissionDesk::Attempt::carry_out(LinkDecision decision) {
  switch (decision) {
    case LinkDecision::sign_in:
    case LinkDecision::link:
    case LinkDecision::link_preauthorised:
    case LinkDecision::link_merged:
    case LinkDecision::claim:
    case LinkDecision::create:
      return sign_in(decision);
    case LinkDecision::connect:
    case LinkDecision::already_connected:
      return connect(decision);
    default:
      return pend(decision);
  }
}

bool AdmissionDesk::Attempt::proof_holds() const {
  if (proof() != Proof::password || known) return true;
  return account && account->password_hash == request.proven->password_hash;
}

Outcome<void> AdmissionDesk::Attempt::audit(LinkDecision decision, std::optional<sql::UserId> user,
                                            std::string details) {
  return sql::audit_events::insert(
      db, {.at = now,
           .action = audit_action(decision),
           .user_id = user,
           .actor_id = request.intent == Intent::connect ? user : std::nullopt,
           .provider = request.identity.provider,
           .subject = request.identity.subject,
           .reason = std::string(reason(decision, proof())),
           .ip = request.visitor.ip,
           .request_id = request.visitor.request_id,
           .details = std::move(details)});
}

// The user who enters, with the identity linked to them.
Outcome<sql::User> AdmissionDesk::Attempt::settle_user(LinkDecision decision) {
  sql::User user;
  switch (decision) {
    case LinkDecision::sign_in: {
      LATCHKEY_TRY_ASSIGN(const bool still_theirs,
                          sql::identities::record_use(db, *known, email(), email_verified(), now));
      if (!still_theirs) return tl::unexpected(moved_meanwhile());
      LATCHKEY_TRY_ASSIGN(noticed, parts.notices.signed_in(db, *owner, request.visitor));
      return *owner;
    }
    case LinkDecision::claim: {
      LATCHKEY_TRY_ASSIGN(user, claim_account());
      break;
    }
    case LinkDecision::create: {
      LATCHKEY_TRY_ASSIGN(user, sql::users::insert(db, {.email = account_address(),
                                                        .email_verified_at = now,
                                                        .password_hash = std::nullopt,
                                                        .name = request.identity.name,
                                                        .avatar_url = request.identity.avatar_url,
                                                        .created_at = now,
                                                        .last_login_at = now}));
      LATCHKEY_TRY(parts.webhooks.user_created(db, user));
      break;
    }
    case LinkDecision::link_preauthorised: {
      // Two sign-ins at once: the first one uses it up.
      LATCHKEY_TRY_ASSIGN(const bool first,
                          sql::preauthorised_identities::remove(db, preauthorised->id));
      if (!first) return tl::unexpected(moved_meanwhile());
      user = *account;
      LATCHKEY_TRY_ASSIGN(noticed, parts.notices.identity_linked(
                                       db, user, request.identity.provider, request.visitor));
      break;
    }
    default:
      user = *account;
      LATCHKEY_TRY_ASSIGN(noticed, parts.notices.identity_linked(
                                       db, user, request.identity.provider, request.visitor));
  }
  LATCHKEY_TRY(add_identity(user.id));
  return user;
}

// Whoever made the unverified account never proved the address: nothing of theirs stays
// (SECURITY rule 13, pre-hijacking).
Outcome<sql::User> AdmissionDesk::Attempt::claim_account() {
  sql::User claimed = *account;
  LATCHKEY_TRY(drop_unproven(db, parts.sessions, parts.webhooks, claimed));
  LATCHKEY_TRY(sql::users::set_password_hash(db, claimed.id, std::nullopt));
  LATCHKEY_TRY(sql::users::mark_email_verified(db, claimed.id, now));
  claimed.password_hash.reset();
  // As record_login() is about to fill them in.
  claimed.name = request.identity.name;
  claimed.avatar_url = request.identity.avatar_url;
  claimed.email_verified_at = now;
  return claimed;
}

Outcome<void> AdmissionDesk::Attempt::add_identity(sql::UserId user) {
  LATCHKEY_TRY(sql::identities::insert(db, {.user_id = user,
                                            .provider = request.identity.provider,
                                            .subject = request.identity.subject,
                                            .email = email(),
                                            .email_verified = email_verified(),
                                            .linked_at = now}));
  return parts.webhooks.identity_linked(db, user, request.identity.provider,
                                        request.identity.subject);
}

Outcome<Admission> AdmissionDesk::Attempt::sign_in(LinkDecision decision) {
  LATCHKEY_TRY_ASSIGN(sql::User user, settle_user(decision));
  if (decision != LinkDecision::create) {
    LATCHKEY_TRY(sql::users::record_login(db, user.id, now, request.identity.name,
                                          request.identity.avatar_url));
  }
  // The browser's former session goes: its cookie is about to be overwritten, and a token that was
  // there before a login must not survive it (SECURITY rule 11, fixation).
  if (request.current) LATCHKEY_TRY(parts.sessions.end_in(db, request.current->token_hash));
  LATCHKEY_TRY_ASSIGN(sessions::IssuedSession session,
                      parts.sessions.issue(db, {.user_id = user.id,
                                                .method = request.identity.provider,
                                                .remember = parts.config.session.remember_social,
                                                .ip = request.visitor.ip,
                                                .user_agent = request.visitor.user_agent}));
  if (!request.proven) {
    LATCHKEY_TRY(sql::claimed_states::record_session(db, request.state_hash, session.token_hash,
                                                     request.next));
  }
  LATCHKEY_TRY(audit(decision, user.id, device_details(request.visitor.user_agent)));
  return Admission{.decision = decision,
                   .outcome = SignedIn{.user = std::move(user), .session = std::move(session)}};
}

Outcome<Admission> AdmissionDesk::Attempt::connect(LinkDecision decision) {
  const sql::UserId user = request.current->user.id;
  if (decision == LinkDecision::connect) {
    LATCHKEY_TRY(add_identity(user));
    LATCHKEY_TRY_ASSIGN(
        noticed, parts.notices.identity_linked(db, request.current->user, request.identity.provider,
                                               request.visitor));
  }
  LATCHKEY_TRY(sql::claimed_states::record_session(db, request.state_hash,
                                                   request.current->token_hash, request.next));
  LATCHKEY_TRY(audit(decision, user));
  return Admission{.decision = decision, .outcome = Connected{request.current->user}};
}

Outcome<Admission> AdmissionDesk::Attempt::pend(LinkDecision decision) {
  const providers::Identity& identity = request.identity;
  Pending pending{.token = random_token(parts.random),
                  .pending = {.provider = identity.provider,
                              .subject = identity.subject,
                              .email = email(),
                              .email_verified = email_verified(),
                              .name = identity.name,
                              .avatar_url = identity.avatar_url,
                              .reason = pending_reason(decision),
                              .next = request.next,
                              .created_at = now,
                              .expires_at = now + kPendingLifetime}};
  LATCHKEY_TRY_ASSIGN(pending.pending.id,
                      sql::pending_sign_ins::insert(db, sha256(pending.token), pending.pending));
  LATCHKEY_TRY(audit(decision, std::nullopt));
  return Admission{.decision = decision, .outcome = std::move(pending)};
}

}  // namespace latchkey::broker
