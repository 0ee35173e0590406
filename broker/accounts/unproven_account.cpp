#include "broker/accounts/unproven_account.h"

#include "base/try.h"
#include "sql/account_proofs.h"
#include "sql/identities.h"
#include "sql/mails.h"
#include "sql/signins.h"

namespace latchkey::broker {

bool mail_proves(const sql::User& user) { return !user.is_staff && !user.is_superuser; }

sql::Outcome<void> drop_unproven(sql::Connection& db, sessions::SessionService& sessions,
                                 const Webhooks& webhooks, const sql::User& user) {
  LATCHKEY_TRY_ASSIGN(const std::int64_t ended, sessions.end_all(db, user.id, ""));
  LATCHKEY_TRY(webhooks.sessions_revoked(db, user.id, ended));
  LATCHKEY_TRY(sql::users::forget_profile(db, user.id));
  LATCHKEY_TRY(webhooks.all_unlinked(db, user.id));
  LATCHKEY_TRY(sql::identities::remove_all_of_user(db, user.id));
  LATCHKEY_TRY(sql::pending_sign_ins::remove_by_email(db, user.email));
  LATCHKEY_TRY(sql::mails::drop_waiting(db, user.id, user.email));
  return sql::account_proofs::remove_all_of_user(db, user.id);
}

}  // namespace latchkey::broker
