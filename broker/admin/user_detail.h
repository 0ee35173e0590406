// All there is to know of one user, for whoever has to understand what happened to them.
#pragma once

#include <vector>

#include "base/error.h"
#include "sql/audit_log.h"
#include "sql/identities.h"
#include "sql/mails.h"
#include "sql/preauthorised.h"
#include "sql/sessions.h"
#include "sql/users.h"

namespace latchkey::broker::admin {

struct UserDetail {
  sql::User user;
  std::vector<sql::IdentityRow> identities;
  std::vector<sql::PreauthorisedIdentity> preauthorised;
  std::vector<sql::SessionRow> sessions;
  std::vector<sql::MailRow> mails;     // the latest
  std::vector<sql::AuditEntry> audit;  // the latest
};

inline constexpr int kLatestEntries = 20;

// user_unknown when there is no such user.
Result<UserDetail> read_detail(sql::Connection& db, sql::UserId id, TimePoint now, Duration idle);

}  // namespace latchkey::broker::admin
