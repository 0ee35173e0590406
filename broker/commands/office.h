// What a command that looks at users or changes them works with: the same desks as the routes, on
// the database of the configuration, with the person at the terminal as the actor.
#pragma once

#include <memory>
#include <string>

#include "broker/admin/identity_changes.h"
#include "broker/admin/merge_desk.h"
#include "broker/admin/user_changes.h"
#include "broker/admin/user_detail.h"
#include "broker/commands/commands.h"
#include "sql/pool.h"

namespace latchkey::broker::commands {

class Office {
 public:
  // Loads the configuration and sees that the database can be used.
  static Attempt<std::unique_ptr<Office>> open(const std::string& config_file);

  explicit Office(config::Config loaded);

  // By id or e-mail address.
  Attempt<sql::User> find_user(const std::string& text);
  Attempt<admin::UserDetail> read_detail(sql::UserId user);
  // read_password(), hashed if it may be the password of whoever has that address.
  [[nodiscard]] Attempt<std::string> read_password_hash(const std::string& email) const;

  static admin::Order order(const ChangeOptions& options);

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
