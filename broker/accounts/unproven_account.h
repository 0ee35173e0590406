// What becomes of an account when the address's owner turns up and the account was unverified until
// then: whoever made it never proved the address, so nothing of theirs stays (SECURITY rule 13; the
// attacks are those of "Pre-hijacked accounts", Sudhodanan and Paverd, 2022).
#pragma once

#include "broker/webhooks.h"
#include "sessions/session_service.h"
#include "sql/connection.h"
#include "sql/users.h"

namespace latchkey::broker {

// Whether the mail of its address alone proves an unverified account. Nobody becomes staff by a
// mail, as the link policy has it: such an account is verified by an administrator.
bool mail_proves(const sql::User& user);

// Ends its sessions and drops its name, identities, pending sign-ins, mailed links and the mails
// that still wait. The password is left to the caller, who knows what takes its place. The user's
// row is locked by the caller, who calls SessionService::forget_user() after the commit.
sql::Outcome<void> drop_unproven(sql::Connection& db, sessions::SessionService& sessions,
                                 const Webhooks& webhooks, const sql::User& user);

}  // namespace latchkey::broker
