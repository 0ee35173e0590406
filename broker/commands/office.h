// What a command that looks at users or changes them works with: the same desks as the routes, on
// the database of the configuration, with the person at the terminal as the actor.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "broker/admin/identity_changes.h"
#include "broker/admin/merge_desk.h"
#include "broker/admin/user_changes.h"
#include "broker/commands/commands.h"
#include "sql/pool.h"

namespace latchkey::broker::commands {

int complain(std::string_view what);

class Office {
 public:
  // Loads the configuration and brings the schema up to date. Null, after complaining, when it
  // cannot; `exit_code` is then what to leave with.
  static std::unique_ptr<Office> open(const std::string& config_file, int& exit_code);

  explicit Office(config::Config loaded);

  // By id or e-mail address; nullopt, after complaining, when there is none.
  std::optional<sql::User> find_user(const std::string& text);
  static admin::Order order(const ChangeOptions& options);
  // One line of stdin, hashed; nullopt after complaining.
  std::optional<std::string> hash_password_from_stdin(std::string_view email) const;
  // Tells what was done, or would be, or why not; answers the exit code.
  static int tell(const tl::expected<admin::Report, admin::Refusal>& report,
                  const ChangeOptions& options);

  const config::Config config;
  const SystemClock clock;
  sql::Pool pool;
  Webhooks webhooks;
  // Mails are only posted here; a service on the same database sends them.
  PostOffice post_office;
  providers::Registry providers;
  OwnerNotices notices;
  admin::ChangeDesk desk;
  admin::UserChanges users;
  admin::IdentityChanges identities;
  admin::MergeDesk merges;
};

}  // namespace latchkey::broker::commands
