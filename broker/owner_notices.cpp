#include "broker/owner_notices.h"

#include "base/try.h"
#include "broker/device_name.h"
#include "broker/mail/visit_values.h"
#include "sql/signins.h"

namespace latchkey::broker {

sql::Outcome<bool> OwnerNotices::identity_linked(sql::Connection& db, const sql::User& user,
                                                 const std::string& provider,
                                                 const DoneBy& visitor) {
  return tell(db, MailKind::identity_linked, user, visitor, provider_value(provider));
}

sql::Outcome<bool> OwnerNotices::identity_unlinked(sql::Connection& db, const sql::User& user,
                                                   const std::string& provider,
                                                   const DoneBy& visitor) {
  return tell(db, MailKind::identity_unlinked, user, visitor, provider_value(provider));
}

// Nothing to compare with (an account that was brought over, or whose history has been deleted)
// is no reason for alarm.
sql::Outcome<bool> OwnerNotices::signed_in(sql::Connection& db, const sql::User& user,
                                           const Visitor& visitor) {
  if (!user.last_login_at || !post_office_.configured()) return false;
  LATCHKEY_TRY_ASSIGN(
      const sql::audit_events::Familiarity familiar,
      sql::audit_events::familiarity(db, user.id, device_name(visitor.user_agent), visitor.ip));
  if (!familiar.any || (familiar.device && familiar.network)) return false;
  return tell(db, MailKind::new_device, user, visitor);
}

sql::Outcome<bool> OwnerNotices::password_changed(sql::Connection& db, const sql::User& user,
                                                  const DoneBy& visitor) {
  return tell(db, MailKind::password_changed, user, visitor);
}

sql::Outcome<bool> OwnerNotices::email_changed(sql::Connection& db, const sql::User& user,
                                               const std::string& new_email,
                                               const DoneBy& visitor) {
  return tell(db, MailKind::email_changed, user, visitor, {{"new_email", new_email}});
}

sql::Outcome<bool> OwnerNotices::accounts_merged(sql::Connection& db, const sql::User& from,
                                                 const sql::User& into, const DoneBy& visitor) {
  LATCHKEY_TRY_ASSIGN(const bool told_from, tell(db, MailKind::accounts_merged, from, visitor));
  LATCHKEY_TRY_ASSIGN(const bool told_into, tell(db, MailKind::accounts_merged, into, visitor,
                                                 {{"merged_email", from.email}}));
  return told_from || told_into;
}

MailValues OwnerNotices::provider_value(const std::string& provider) const {
  const providers::Provider* known = providers_.find(provider);
  return {{"provider", known != nullptr ? known->label() : provider}};
}

sql::Outcome<bool> OwnerNotices::tell(sql::Connection& db, MailKind kind, const sql::User& user,
                                      const DoneBy& visitor, const MailValues& more) {
  if (!user.email_verified()) return false;
  MailValues values = visit_values(visit_of(visitor.value_or(Visitor()), clock_.now()));
  if (!visitor) {
    values.erase("device");
    values["by_staff"] = "1";
  }
  values["name"] = user.name;
  values.insert(more.begin(), more.end());
  return post_office_.post(
      db, {.kind = kind, .recipient = user.email, .user = user.id, .values = std::move(values)});
}

}  // namespace latchkey::broker
