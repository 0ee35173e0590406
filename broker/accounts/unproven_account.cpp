#include "broker/accounts/unproven_account.h"

#include "base/try.h"
#include "sql/account_proofs.h"
#include "sql/identities.h"
#include "sql/signins.h"

namespace latchkey::broker {

sql::Outcome<void> drop_unproven(sql::Connection& db, sessions::SessionService& sessions,
                                 const sql::User& user) {
  LATCHKEY_TRY(sessions.end_all(db, user.id, ""));
  LATCHKEY_TRY(sql::identities::remove_all_of_user(db, user.id));
  LATCHKEY_TRY(sql::pending_sign_ins::remove_by_email(db, user.email));
  return sql::account_proofs::remove_all_of_user(db, user.id);
}

}  // namespace latchkey::broker
