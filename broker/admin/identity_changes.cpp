#include "broker/admin/identity_changes.h"

#include <algorithm>

#include "base/email.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/try.h"
#include "broker/admin/user_json.h"
#include "sql/preauthorised.h"

namespace latchkey::broker::admin {
namespace {

std::string text_of(sql::UserId id) { return std::to_string(id); }

std::string identity_json(const sql::IdentityRow& identity) {
  JsonWriter json;
  json.begin_object()
      .field("id", identity.id)
      .field("user_id", identity.user_id)
      .field("provider", identity.provider)
      .field("subject", identity.subject)
      .field("email", identity.email)
      .end_object();
  return json.text();
}

std::string preauthorised_json(const sql::PreauthorisedIdentity& preauthorised) {
  JsonWriter json;
  write_preauthorised(json, preauthorised);
  return json.text();
}

std::string answer(std::string_view name, const std::string& object) {
  JsonWriter json;
  json.begin_object().key(name).raw(object).end_object();
  return json.text();
}

// In the order of their ids, so that two changes that need the same two users cannot deadlock.
Attempt<std::pair<sql::User, sql::User>> lock_both(Workbench& bench, sql::UserId first,
                                                   sql::UserId second) {
  if (first < second) {
    LATCHKEY_TRY_ASSIGN(sql::User low, lock_unmerged(bench, first));
    LATCHKEY_TRY_ASSIGN(sql::User high, lock_unmerged(bench, second));
    return std::pair(std::move(low), std::move(high));
  }
  LATCHKEY_TRY_ASSIGN(sql::User low, lock_unmerged(bench, second));
  LATCHKEY_TRY_ASSIGN(sql::User high, lock_unmerged(bench, first));
  return std::pair(std::move(high), std::move(low));
}

// What was read without a lock is no longer so: the desk tries again.
tl::unexpected<Fault> changed_meanwhile() {
  return tl::unexpected<Fault>(sql::Failure{.kind = sql::FailureKind::serialization_failure,
                                            .detail = "an identity changed hands meanwhile"});
}

}  // namespace

Attempt<void> check_unmerged(const sql::User& user) {
  if (!user.merged_into) return {};
  return tl::unexpected<Fault>(Refusal{
      .error = {ErrorCode::user_merged},
      .field = "user",
      .sentence =
          "User " + text_of(user.id) + " is part of user " + text_of(*user.merged_into) + "."});
}

Attempt<sql::User> lock_unmerged(Workbench& bench, sql::UserId id) {
  LATCHKEY_TRY_ASSIGN(sql::User user, bench.lock_user(id));
  LATCHKEY_TRY(check_unmerged(user));
  return user;
}

bool IdentityChanges::is_configured(const std::string& provider) const {
  const auto& providers = parts_.config.providers;
  const auto found = providers.find(provider);
  return found != providers.end() && found->second.enabled;
}

Attempt<bool> IdentityChanges::another_way_in(Workbench& bench, const sql::User& user,
                                              std::int64_t without) {
  if (user.has_password()) return true;
  LATCHKEY_TRY_ASSIGN(const auto identities, sql::identities::list_of_user(bench.db, user.id));
  return std::any_of(identities.begin(), identities.end(), [&](const sql::IdentityRow& identity) {
    return identity.id != without && is_configured(identity.provider);
  });
}

tl::expected<Report, Refusal> IdentityChanges::link(const Order& order,
                                                    const LinkRequest& request) {
  if (!is_configured(request.provider)) return refuse("provider", "There is no such provider.");
  if (request.subject.empty() || request.subject.size() > sql::kMaxSubjectBytes ||
      !is_clean_utf8(request.subject)) {
    return refuse("subject", "This must be 1 to 255 bytes of text.");
  }
  return parts_.desk.carry_out(order, [&](Workbench& bench) { return try_link(bench, request); });
}

Attempt<Report> IdentityChanges::try_link(Workbench& bench, const LinkRequest& request) {
  LATCHKEY_TRY_ASSIGN(const auto known,
                      sql::identities::find(bench.db, request.provider, request.subject));
  if (!known) return insert(bench, request);
  if (known->user_id == request.user) {
    return Report{.warnings = {"The identity is linked to this user already."},
                  .answer = answer("identity", identity_json(*known))};
  }
  if (request.move) return move(bench, request, known->user_id);
  return tl::unexpected<Fault>(
      Refusal{.error = {ErrorCode::identity_in_use},
              .field = "subject",
              .sentence = "This identity belongs to user " + text_of(known->user_id) + "."});
}

Attempt<Report> IdentityChanges::insert(Workbench& bench, const LinkRequest& request) {
  LATCHKEY_TRY_ASSIGN(const sql::User user, lock_unmerged(bench, request.user));
  LATCHKEY_TRY(sql::identities::insert(bench.db, {.user_id = user.id,
                                                  .provider = request.provider,
                                                  .subject = request.subject,
                                                  .linked_at = bench.now}));
  LATCHKEY_TRY_ASSIGN(const auto inserted,
                      sql::identities::find(bench.db, request.provider, request.subject));
  if (!inserted) return changed_meanwhile();
  const sql::IdentityRow& identity = *inserted;
  LATCHKEY_TRY(
      parts_.webhooks.identity_linked(bench.db, user.id, request.provider, request.subject));
  LATCHKEY_TRY(bench.notices.identity_linked(bench.db, user, request.provider, bench.done_by()));
  return Report{.changes = {{.action = "identity.link",
                             .user = user.id,
                             .provider = request.provider,
                             .subject = request.subject,
                             .after = identity_json(identity)}},
                .answer = answer("identity", identity_json(identity))};
}

Attempt<Report> IdentityChanges::move(Workbench& bench, const LinkRequest& request,
                                      sql::UserId from) {
  LATCHKEY_TRY_ASSIGN(const auto users, lock_both(bench, from, request.user));
  const sql::User& former = users.first;
  LATCHKEY_TRY_ASSIGN(const auto identity,
                      sql::identities::lock(bench.db, request.provider, request.subject));
  if (!identity || identity->user_id != from) return changed_meanwhile();
  LATCHKEY_TRY_ASSIGN(const bool another, another_way_in(bench, former, identity->id));
  if (!another && !request.force) return fail(ErrorCode::last_login_method);

  LATCHKEY_TRY(sql::identities::move(bench.db, identity->id, request.user));
  LATCHKEY_TRY(
      parts_.webhooks.identity_unlinked(bench.db, from, request.provider, request.subject));
  LATCHKEY_TRY(
      parts_.webhooks.identity_linked(bench.db, request.user, request.provider, request.subject));
  LATCHKEY_TRY(
      bench.notices.identity_unlinked(bench.db, former, request.provider, bench.done_by()));
  LATCHKEY_TRY(
      bench.notices.identity_linked(bench.db, users.second, request.provider, bench.done_by()));
  sql::IdentityRow moved = *identity;
  moved.user_id = request.user;
  const Change taken{.action = "identity.move",
                     .user = from,
                     .provider = request.provider,
                     .subject = request.subject,
                     .before = identity_json(*identity),
                     .after = identity_json(moved)};
  Change given = taken;
  given.user = request.user;
  Report report{.changes = {taken, given}, .answer = answer("identity", identity_json(moved))};
  if (!another) {
    report.warnings.push_back("User " + text_of(from) + " has no other way to sign in.");
  }
  return report;
}

tl::expected<Report, Refusal> IdentityChanges::preauthorise(const Order& order,
                                                            const PreauthoriseRequest& request) {
  if (!is_configured(request.provider)) return refuse("provider", "There is no such provider.");
  if (!Email::parse(request.email)) return refuse("email", "This is no e-mail address.");
  return parts_.desk.carry_out(order,
                               [&](Workbench& bench) { return try_preauthorise(bench, request); });
}

Attempt<Report> IdentityChanges::try_preauthorise(Workbench& bench,
                                                  const PreauthoriseRequest& request) {
  const Email email = *Email::parse(request.email);
  LATCHKEY_TRY_ASSIGN(const sql::User user, lock_unmerged(bench, request.user));
  LATCHKEY_TRY_ASSIGN(const auto there, sql::preauthorised_identities::find(
                                            bench.db, request.provider, email, bench.now));
  if (there && there->user_id != user.id && !request.move) {
    return tl::unexpected<Fault>(
        Refusal{.error = {ErrorCode::identity_in_use},
                .field = "email",
                .sentence = "This address is allowed for user " + text_of(there->user_id) + "."});
  }
  const sql::NewPreauthorisedIdentity wanted{.user_id = user.id,
                                             .provider = request.provider,
                                             .email = email.str(),
                                             .created_at = bench.now,
                                             .expires_at = bench.now + kPreauthorisationLifetime,
                                             .created_by = bench.order.actor.user};
  LATCHKEY_TRY_ASSIGN(const auto put,
                      sql::preauthorised_identities::put(bench.db, wanted, request.move));
  if (!put) return changed_meanwhile();
  Report report{.changes = {{.action = "identity.preauthorise",
                             .user = user.id,
                             .provider = request.provider,
                             .before = there ? preauthorised_json(*there) : "",
                             .after = preauthorised_json(*put)}},
                .answer = answer("preauthorised", preauthorised_json(*put))};
  LATCHKEY_TRY_ASSIGN(const auto owner, sql::users::find_by_email(bench.db, email));
  if (owner && owner->id != user.id) {
    report.warnings.push_back("The address is that of user " + text_of(owner->id) +
                              ", whom the next sign-in with it will no longer reach.");
  }
  return report;
}

tl::expected<Report, Refusal> IdentityChanges::unlink(const Order& order,
                                                      const UnlinkRequest& request) {
  return parts_.desk.carry_out(order, [&](Workbench& bench) { return try_unlink(bench, request); });
}

Attempt<Report> IdentityChanges::try_unlink(Workbench& bench, const UnlinkRequest& request) {
  LATCHKEY_TRY_ASSIGN(const sql::User user, bench.lock_user(request.user));
  LATCHKEY_TRY_ASSIGN(const auto identity, sql::identities::lock_by_id(bench.db, request.identity));
  if (!identity || identity->user_id != user.id) return fail(ErrorCode::not_found);
  LATCHKEY_TRY_ASSIGN(const bool another, another_way_in(bench, user, identity->id));
  if (!another && !request.force) return fail(ErrorCode::last_login_method);

  LATCHKEY_TRY(sql::identities::remove(bench.db, identity->id));
  LATCHKEY_TRY(
      parts_.webhooks.identity_unlinked(bench.db, user.id, identity->provider, identity->subject));
  LATCHKEY_TRY(
      bench.notices.identity_unlinked(bench.db, user, identity->provider, bench.done_by()));
  Report report{.changes = {{.action = "identity.unlink",
                             .user = user.id,
                             .provider = identity->provider,
                             .subject = identity->subject,
                             .before = identity_json(*identity)}},
                .answer = R"({"detail":"Unlinked"})"};
  if (!another) report.warnings.emplace_back("The user has no other way to sign in.");
  return report;
}

tl::expected<Report, Refusal> IdentityChanges::revoke_preauthorisation(
    const Order& order, sql::UserId user, std::int64_t preauthorisation) {
  return parts_.desk.carry_out(order, [&](Workbench& bench) -> Attempt<Report> {
    LATCHKEY_TRY(bench.lock_user(user));
    LATCHKEY_TRY_ASSIGN(const auto all,
                        sql::preauthorised_identities::list_of_user(bench.db, user, bench.now));
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const auto& row) { return row.id == preauthorisation; });
    if (found == all.end()) return fail(ErrorCode::not_found);
    LATCHKEY_TRY(sql::preauthorised_identities::remove(bench.db, found->id));
    return Report{.changes = {{.action = "identity.preauthorisation_revoke",
                               .user = user,
                               .provider = found->provider,
                               .before = preauthorised_json(*found)}},
                  .answer = R"({"detail":"Revoked"})"};
  });
}

}  // namespace latchkey::broker::admin
