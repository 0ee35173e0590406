#include "sql/identities.h"

#include "broker/commands/office.h"

namespace latchkey::broker::commands {

int link_identity(const std::string& config_file, const std::string& who,
                  const LinkIdentity& wanted, const ChangeOptions& options) {
  int exit_code = kDone;
  const auto office = Office::open(config_file, exit_code);
  if (!office) return exit_code;
  const auto user = office->find_user(who);
  if (!user) return kFailed;
  if (wanted.subject.empty()) {
    return Office::tell(
        office->identities.preauthorise(Office::order(options), {.user = user->id,
                                                                 .provider = wanted.provider,
                                                                 .email = wanted.email,
                                                                 .move = wanted.move}),
        options);
  }
  return Office::tell(office->identities.link(Office::order(options), {.user = user->id,
                                                                       .provider = wanted.provider,
                                                                       .subject = wanted.subject,
                                                                       .move = wanted.move,
                                                                       .force = wanted.force}),
                      options);
}

int unlink_identity(const std::string& config_file, const std::string& who,
                    const LinkIdentity& wanted, const ChangeOptions& options) {
  int exit_code = kDone;
  const auto office = Office::open(config_file, exit_code);
  if (!office) return exit_code;
  const auto user = office->find_user(who);
  if (!user) return kFailed;
  std::optional<sql::IdentityRow> identity;
  {
    const auto lease = office->pool.acquire();
    if (!lease) return complain(lease.error().detail);
    auto found = sql::identities::find(**lease, wanted.provider, wanted.subject);
    if (!found) return complain(found.error().detail);
    identity = std::move(*found);
  }
  if (!identity || identity->user_id != user->id) {
    return complain("this user has no such identity: " + wanted.provider + ":" + wanted.subject);
  }
  return Office::tell(office->identities.unlink(
                          Office::order(options),
                          {.user = user->id, .identity = identity->id, .force = wanted.force}),
                      options);
}

int merge_users(const std::string& config_file, const MergeUsers& wanted,
                const ChangeOptions& options) {
  int exit_code = kDone;
  const auto office = Office::open(config_file, exit_code);
  if (!office) return exit_code;
  const auto from = office->find_user(wanted.from);
  const auto into = office->find_user(wanted.into);
  if (!from || !into) return kFailed;
  return Office::tell(
      office->merges.merge(Office::order(options),
                           {.from = from->id,
                            .into = into->id,
                            .sessions = wanted.move_sessions ? admin::MergedSessions::move
                                                             : admin::MergedSessions::revoke,
                            .take_password = wanted.take_password,
                            .force = wanted.force}),
      options);
}

int undo_merge(const std::string& config_file, std::int64_t merge, const ChangeOptions& options) {
  int exit_code = kDone;
  const auto office = Office::open(config_file, exit_code);
  if (!office) return exit_code;
  return Office::tell(office->merges.undo(Office::order(options), merge), options);
}

}  // namespace latchkey::broker::commands
