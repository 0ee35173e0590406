#include "sql/identities.h"

#include <algorithm>

#include "base/try.h"
#include "broker/commands/office.h"
#include "broker/commands/report_text.h"
#include "sql/preauthorised.h"

namespace latchkey::broker::commands {
namespace {

using Outcome = tl::expected<admin::Report, admin::Refusal>;

// Whoever mistypes a provider sees which ones there are.
Outcome naming_providers(Outcome outcome, const config::Config& config) {
  if (outcome || outcome.error().field != "provider") return outcome;
  std::string names;
  for (const auto& [id, provider] : config.providers) {
    if (provider.enabled) names.append(names.empty() ? "" : ", ") += id;
  }
  outcome.error().sentence +=
      names.empty() ? " None is configured." : " Those configured are " + names + ".";
  return outcome;
}

Attempt<std::int64_t> find_identity(Office& office, const sql::User& user,
                                    const IdentityOptions& wanted) {
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, office.pool.acquire());
  LATCHKEY_TRY_ASSIGN(const auto found,
                      sql::identities::find(*lease, wanted.provider, wanted.subject));
  if (found && found->user_id == user.id) return found->id;
  return complain(kRefused, "User " + std::to_string(user.id) + " has no identity " +
                                wanted.provider + ":" + wanted.subject +
                                "; `latchkey user show` names those there are.");
}

Attempt<std::int64_t> find_preauthorisation(Office& office, const sql::User& user,
                                            const IdentityOptions& wanted) {
  const auto email = Email::parse(wanted.email);
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, office.pool.acquire());
  LATCHKEY_TRY_ASSIGN(const auto all, sql::preauthorised_identities::list_of_user(
                                          *lease, user.id, office.clock.now()));
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& allowed) {
    return allowed.provider == wanted.provider && email && allowed.email == email->str();
  });
  if (found != all.end()) return found->id;
  return complain(kRefused, "Nobody who comes from " + wanted.provider + " with " + wanted.email +
                                " is allowed in as user " + std::to_string(user.id) +
                                "; `latchkey user show` names those who are.");
}

}  // namespace

Done link_identity(const std::string& config_file, const std::string& who,
                   const IdentityOptions& wanted, const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const auto office, Office::open(config_file));
  LATCHKEY_TRY_ASSIGN(const sql::User user, office->find_user(who));
  const admin::Order order = Office::order(options);
  admin::IdentityChanges& desk = office->identities;
  Outcome outcome = wanted.email.empty() ? desk.link(order, {.user = user.id,
                                                             .provider = wanted.provider,
                                                             .subject = wanted.subject,
                                                             .move = wanted.move,
                                                             .force = wanted.force})
                                         : desk.preauthorise(order, {.user = user.id,
                                                                     .provider = wanted.provider,
                                                                     .email = wanted.email,
                                                                     .move = wanted.move});
  return tell(naming_providers(std::move(outcome), office->config), options);
}

Done unlink_identity(const std::string& config_file, const std::string& who,
                     const IdentityOptions& wanted, const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const auto office, Office::open(config_file));
  LATCHKEY_TRY_ASSIGN(const sql::User user, office->find_user(who));
  const admin::Order order = Office::order(options);
  if (!wanted.email.empty()) {
    LATCHKEY_TRY_ASSIGN(const std::int64_t id, find_preauthorisation(*office, user, wanted));
    return tell(office->identities.revoke_preauthorisation(order, user.id, id), options);
  }
  LATCHKEY_TRY_ASSIGN(const std::int64_t id, find_identity(*office, user, wanted));
  return tell(
      office->identities.unlink(order, {.user = user.id, .identity = id, .force = wanted.force}),
      options);
}

Done merge_users(const std::string& config_file, const MergeUsers& wanted,
                 const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const auto office, Office::open(config_file));
  LATCHKEY_TRY_ASSIGN(const sql::User from, office->find_user(wanted.from));
  LATCHKEY_TRY_ASSIGN(const sql::User into, office->find_user(wanted.into));
  const auto sessions =
      wanted.move_sessions ? admin::MergedSessions::move : admin::MergedSessions::revoke;
  return tell(office->merges.merge(Office::order(options), {.from = from.id,
                                                            .into = into.id,
                                                            .sessions = sessions,
                                                            .take_password = wanted.take_password,
                                                            .force = wanted.force}),
              options);
}

Done undo_merge(const std::string& config_file, std::int64_t merge, const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const auto office, Office::open(config_file));
  return tell(office->merges.undo(Office::order(options), merge), options);
}

}  // namespace latchkey::broker::commands
