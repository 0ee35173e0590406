#include "broker/webhooks.h"

#include "base/try.h"

namespace latchkey::broker {

using sql::Outcome;

Outcome<void> Webhooks::announce(sql::Connection& db, std::string_view type, sql::UserId user,
                                 const JsonWriter& data, std::optional<sql::UserId> other) const {
  return sql::webhook_deliveries::insert(db, {.type = std::string(type),
                                              .user_id = user,
                                              .other_user_id = other,
                                              .data = data.text(),
                                              .created_at = clock_.now()});
}

Outcome<void> Webhooks::user_created(sql::Connection& db, const sql::User& user) const {
  if (!configured_) return {};
  JsonWriter data;
  data.begin_object()
      .field("user_id", user.id)
      .field("email", user.email)
      .field("email_verified", user.email_verified())
      .field("name", user.name)
      .end_object();
  return announce(db, "user.created", user.id, data);
}

Outcome<void> Webhooks::user_disabled(sql::Connection& db, sql::UserId user) const {
  if (!configured_) return {};
  JsonWriter data;
  data.begin_object().field("user_id", user).end_object();
  return announce(db, "user.disabled", user, data);
}

Outcome<void> Webhooks::identity(sql::Connection& db, std::string_view type, sql::UserId user,
                                 std::string_view provider, std::string_view subject) const {
  JsonWriter data;
  data.begin_object()
      .field("user_id", user)
      .field("provider", provider)
      .field("subject", subject)
      .end_object();
  return announce(db, type, user, data);
}

Outcome<void> Webhooks::identity_linked(sql::Connection& db, sql::UserId user,
                                        std::string_view provider, std::string_view subject) const {
  if (!configured_) return {};
  return identity(db, "identity.linked", user, provider, subject);
}

Outcome<void> Webhooks::identity_unlinked(sql::Connection& db, sql::UserId user,
                                          std::string_view provider,
                                          std::string_view subject) const {
  if (!configured_) return {};
  return identity(db, "identity.unlinked", user, provider, subject);
}

Outcome<void> Webhooks::all_unlinked(sql::Connection& db, sql::UserId user) const {
  if (!configured_) return {};
  LATCHKEY_TRY_ASSIGN(const auto identities, sql::identities::list_of_user(db, user));
  for (const sql::IdentityRow& row : identities) {
    LATCHKEY_TRY(identity_unlinked(db, user, row.provider, row.subject));
  }
  return {};
}

Outcome<void> Webhooks::sessions_revoked(sql::Connection& db, sql::UserId user,
                                         std::int64_t count) const {
  if (!configured_ || count == 0) return {};
  JsonWriter data;
  data.begin_object().field("user_id", user).field("sessions", count).end_object();
  return announce(db, "session.revoked", user, data);
}

Outcome<void> Webhooks::merge(sql::Connection& db, std::string_view type, std::int64_t merge,
                              sql::UserId from, sql::UserId into) const {
  JsonWriter data;
  data.begin_object()
      .field("merge_id", merge)
      .field("from_user_id", from)
      .field("into_user_id", into)
      .end_object();
  return announce(db, type, into, data, from);
}

Outcome<void> Webhooks::user_merged(sql::Connection& db, std::int64_t merge, sql::UserId from,
                                    sql::UserId into) const {
  if (!configured_) return {};
  return this->merge(db, "user.merged", merge, from, into);
}

Outcome<void> Webhooks::merge_undone(sql::Connection& db, std::int64_t merge, sql::UserId from,
                                     sql::UserId into) const {
  if (!configured_) return {};
  return this->merge(db, "user.merge_undone", merge, from, into);
}

}  // namespace latchkey::broker
