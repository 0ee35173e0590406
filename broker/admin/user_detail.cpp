#include "broker/admin/user_detail.h"

#include "base/try.h"

namespace latchkey::broker::admin {
namespace {

sql::Outcome<std::optional<UserDetail>> read(sql::Connection& db, sql::UserId id, TimePoint now,
                                             Duration idle) {
  LATCHKEY_TRY_ASSIGN(std::optional<sql::User> user, sql::users::find_by_id(db, id));
  if (!user) return std::optional<UserDetail>();
  UserDetail detail{.user = std::move(*user)};
  LATCHKEY_TRY_ASSIGN(detail.identities, sql::identities::list_of_user(db, id));
  LATCHKEY_TRY_ASSIGN(detail.preauthorised,
                      sql::preauthorised_identities::list_of_user(db, id, now));
  LATCHKEY_TRY_ASSIGN(auto sessions, sql::sessions::list_of_user(db, id, now, idle));
  for (auto& own : sessions) detail.sessions.push_back(std::move(own.session));
  LATCHKEY_TRY_ASSIGN(detail.mails,
                      sql::mails::list_of_user(db, id, detail.user.email, kLatestEntries));
  LATCHKEY_TRY_ASSIGN(detail.audit,
                      sql::audit_log::list(db, {.user = id}, std::nullopt, kLatestEntries));
  return std::optional(std::move(detail));
}

}  // namespace

Result<UserDetail> read_detail(sql::Connection& db, sql::UserId id, TimePoint now, Duration idle) {
  auto detail = read(db, id, now, idle);
  if (!detail) return fail(sql::to_error(detail.error()));
  if (!*detail) return fail(ErrorCode::user_unknown);
  return std::move(**detail);
}

}  // namespace latchkey::broker::admin
