#include "broker/connected_identities.h"

#include <algorithm>

#include "base/try.h"
#include "sql/signins.h"
#include "sql/users.h"

namespace latchkey::broker {

// A provider that has been taken out of the configuration leaves identities behind that nobody can
// come in by.
bool ConnectedIdentities::leads_in(const sql::IdentityRow& identity) const {
  return parts_.providers.find(identity.provider) != nullptr;
}

Status ConnectedIdentities::unlink(sql::UserId user, std::int64_t identity,
                                   const Visitor& visitor) {
  auto unlinked = try_unlink(user, identity, visitor);
  if (!unlinked) return fail(sql::to_error(unlinked.error()));
  return std::move(*unlinked);
}

// The user's row is held while the identities are counted, so that of two that disconnect the last
// two at once one is refused.
sql::Outcome<Status> ConnectedIdentities::try_unlink(sql::UserId user, std::int64_t identity,
                                                     const Visitor& visitor) {
  LATCHKEY_TRY_ASSIGN(sql::Pool::Lease lease, parts_.pool.acquire());
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(*lease));
  sql::Connection& db = transaction.connection();
  LATCHKEY_TRY_ASSIGN(const auto owner, sql::users::lock_by_id(db, user));
  if (!owner) return Status(fail(ErrorCode::not_found));
  LATCHKEY_TRY_ASSIGN(const auto identities, sql::identities::list_of_user(db, user));
  const auto doomed = std::find_if(identities.begin(), identities.end(),
                                   [identity](const auto& row) { return row.id == identity; });
  if (doomed == identities.end()) return Status(fail(ErrorCode::not_found));
  const bool another = std::any_of(
      identities.begin(), identities.end(),
      [this, identity](const auto& row) { return row.id != identity && leads_in(row); });
  if (!another && !owner->has_password()) return Status(fail(ErrorCode::last_login_method));

  LATCHKEY_TRY(sql::identities::remove(db, identity));
  LATCHKEY_TRY(parts_.webhooks.identity_unlinked(db, user, doomed->provider, doomed->subject));
  LATCHKEY_TRY(
      sql::audit_events::insert(db, {.at = parts_.clock.now(),
                                     .action = "identity.unlink",
                                     .user_id = user,
                                     .actor_id = user,
                                     .provider = doomed->provider,
                                     .subject = doomed->subject,
                                     .reason = "disconnected: the signed-in user asked for it",
                                     .ip = visitor.ip,
                                     .request_id = visitor.request_id,
                                     .details = {}}));
  LATCHKEY_TRY_ASSIGN(const bool noticed,
                      parts_.notices.identity_unlinked(db, *owner, doomed->provider, visitor));
  LATCHKEY_TRY(transaction.commit());
  if (noticed) parts_.notices.wake();
  parts_.sessions.forget_user(user);
  return Status();
}

}  // namespace latchkey::broker
