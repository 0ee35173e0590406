#include "broker/own_sessions.h"

#include "base/try.h"

namespace latchkey::broker {

Result<bool> OwnSessions::end_one(const sessions::LiveSession& current, std::int64_t id) {
  const auto ended = try_end(current, id);
  if (!ended) return fail(sql::to_error(ended.error()));
  if (*ended) parts_.sessions.forget_session(**ended);
  return ended->has_value();
}

sql::Outcome<std::optional<std::string>> OwnSessions::try_end(const sessions::LiveSession& current,
                                                              std::int64_t id) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  LATCHKEY_TRY(sql::users::lock_by_id(*lease, current.user.id));
  LATCHKEY_TRY_ASSIGN(auto ended, sql::sessions::remove_of_user(*lease, current.user.id, id));
  if (ended && ended != current.token_hash) {
    LATCHKEY_TRY(parts_.webhooks.sessions_revoked(*lease, current.user.id, 1));
  }
  LATCHKEY_TRY(transaction.commit());
  return ended;
}

Result<std::int64_t> OwnSessions::end_others(const sessions::LiveSession& current) {
  const auto ended = try_end_all(current.user.id, current.token_hash);
  if (!ended) return fail(sql::to_error(ended.error()));
  parts_.sessions.forget_user(current.user.id);
  return *ended;
}

Status OwnSessions::end_everywhere(const sessions::LiveSession& current) {
  const auto ended = try_end_all(current.user.id, "");
  if (!ended) return fail(sql::to_error(ended.error()));
  parts_.sessions.forget_user(current.user.id);
  return {};
}

sql::Outcome<std::int64_t> OwnSessions::try_end_all(sql::UserId user,
                                                    const std::string& except_hash) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  LATCHKEY_TRY(sql::users::lock_by_id(*lease, user));
  LATCHKEY_TRY_ASSIGN(const std::int64_t ended, parts_.sessions.end_all(*lease, user, except_hash));
  LATCHKEY_TRY(parts_.webhooks.sessions_revoked(*lease, user, ended));
  LATCHKEY_TRY(transaction.commit());
  return ended;
}

}  // namespace latchkey::broker
