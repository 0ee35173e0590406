#include "broker/owner_notices.h"

#include <fmt/chrono.h>

#include "base/try.h"
#include "broker/admission.h"
#include "broker/device_name.h"
#include "sql/signins.h"

namespace latchkey::broker {

sql::Outcome<bool> OwnerNotices::identity_linked(sql::Connection& db, const sql::User& user,
                                                 const std::string& provider,
                                                 const Visitor& visitor) {
  return tell(db, MailKind::identity_linked, user, visitor, provider);
}

sql::Outcome<bool> OwnerNotices::identity_unlinked(sql::Connection& db, const sql::User& user,
                                                   const std::string& provider,
                                                   const Visitor& visitor) {
  return tell(db, MailKind::identity_unlinked, user, visitor, provider);
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

sql::Outcome<bool> OwnerNotices::tell(sql::Connection& db, MailKind kind, const sql::User& user,
                                      const Visitor& visitor, const std::string& provider) {
  if (!user.email_verified()) return false;
  const providers::Provider* known = providers_.find(provider);
  const auto at = std::chrono::floor<std::chrono::seconds>(clock_.now());
  return post_office_.post(db,
                           {.kind = kind,
                            .recipient = user.email,
                            .user = user.id,
                            .values = {{"name", user.name},
                                       {"provider", known != nullptr ? known->label() : provider},
                                       {"device", device_name(visitor.user_agent)},
                                       {"ip", visitor.ip},
                                       {"time", fmt::format("{:%Y-%m-%d %H:%M} UTC", at)}}});
}

}  // namespace latchkey::broker
