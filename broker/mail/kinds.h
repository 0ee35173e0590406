// The kinds of mail. The name of a kind is that of its templates and of `kind` in the queue.
#pragma once

#include <array>
#include <string_view>

namespace latchkey::broker {

enum class MailKind {
  confirm_email,    // prove the address of a new account: link
  signup_existing,  // somebody signed up with an address that has an account: link
  change_email,     // prove a new address: link
  sign_in_code,     // prove the address of a pending sign-in: code, link
  reset_password,   // link
  identity_linked,  // notices to the owner from here on
  identity_unlinked,
  password_changed,
  email_changed,  // to the former address: new_email
  new_device,
  accounts_merged,  // to either address; merged_email: to that of the account that stays
};

inline constexpr std::array kMailKinds = {
    MailKind::confirm_email,     MailKind::signup_existing,  MailKind::change_email,
    MailKind::sign_in_code,      MailKind::reset_password,   MailKind::identity_linked,
    MailKind::identity_unlinked, MailKind::password_changed, MailKind::email_changed,
    MailKind::new_device,        MailKind::accounts_merged};

constexpr std::string_view name_of(MailKind kind) {
  switch (kind) {
    case MailKind::confirm_email:
      return "confirm_email";
    case MailKind::signup_existing:
      return "signup_existing";
    case MailKind::change_email:
      return "change_email";
    case MailKind::sign_in_code:
      return "sign_in_code";
    case MailKind::reset_password:
      return "reset_password";
    case MailKind::identity_linked:
      return "identity_linked";
    case MailKind::identity_unlinked:
      return "identity_unlinked";
    case MailKind::password_changed:
      return "password_changed";
    case MailKind::email_changed:
      return "email_changed";
    case MailKind::new_device:
      return "new_device";
    case MailKind::accounts_merged:
      return "accounts_merged";
  }
  return "";
}

// Whether anybody can have mails of this kind sent by typing an address into a form. Those are held
// back when they come too close together; what happened to an account is always told.
constexpr bool is_asked_for(MailKind kind) { return kind <= MailKind::reset_password; }

}  // namespace latchkey::broker
