// One attempt of the AdmissionDesk, inside one transaction: what is read, what the link policy is
// asked, and what its answer changes. Internal to admission; the desk begins, commits and repeats.
#pragma once

#include "broker/admission.h"
#include "sql/identities.h"
#include "sql/preauthorised.h"

namespace latchkey::broker {

struct AdmissionDesk::Attempt {
  Parts& parts;
  sql::Connection& db;
  const AdmissionRequest& request;
  TimePoint now;
  std::optional<sql::IdentityRow> known;  // the identity, if it is known
  std::optional<sql::User> owner;         // and its user
  std::optional<sql::User> account;       // the user with the provider's e-mail
  bool noticed = false;                   // a notice was posted to the owner
  // What an administrator allowed for that e-mail; `account` is then the user it names.
  std::optional<sql::PreauthorisedIdentity> preauthorised = {};
  // Set when the user with that e-mail is part of `account`: whether its address was verified.
  std::optional<bool> merged_address_verified = {};

  sql::Outcome<void> look_up();
  [[nodiscard]] LinkQuestion question() const;
  sql::Outcome<Admission> carry_out(LinkDecision decision);
  sql::Outcome<void> audit(LinkDecision decision, std::optional<sql::UserId> user,
                           std::string details = {});
  // Whether the password that was proven is still that of the account.
  [[nodiscard]] bool proof_holds() const;

 private:
  sql::Outcome<void> check_owner();
  sql::Outcome<void> follow_merges();
  sql::Outcome<sql::User> settle_user(LinkDecision decision);
  sql::Outcome<sql::User> claim_account();
  sql::Outcome<void> add_identity(sql::UserId user);
  sql::Outcome<Admission> sign_in(LinkDecision decision);
  sql::Outcome<Admission> connect(LinkDecision decision);
  sql::Outcome<Admission> pend(LinkDecision decision);
  [[nodiscard]] std::string email() const {
    return request.identity.email ? request.identity.email->address : std::string();
  }
  // The address that decides which account this may be.
  [[nodiscard]] std::string account_address() const {
    return request.proven ? request.proven->address : email();
  }
  [[nodiscard]] Proof proof() const { return request.proven ? request.proven->proof : Proof::none; }
  [[nodiscard]] bool email_verified() const {
    return request.identity.email && request.identity.email->verified;
  }
};

}  // namespace latchkey::broker
