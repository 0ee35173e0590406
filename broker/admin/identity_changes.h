// Which identities lead to which user, as staff and the command line change it: link one, allow one
// beforehand, move one from another user, unlink one. Each is one change of the ChangeDesk.
#pragma once

#include <string>

#include "broker/admin/change_desk.h"
#include "broker/webhooks.h"
#include "config/config.h"
#include "sql/identities.h"

namespace latchkey::broker::admin {

struct LinkRequest {
  sql::UserId user = 0;
  std::string provider;
  std::string subject;
  bool move = false;   // from whoever has it
  bool force = false;  // also when it is their last way in
};

struct PreauthoriseRequest {
  sql::UserId user = 0;
  std::string provider;
  std::string email;
  bool move = false;  // from whoever it is meant for now
};

struct UnlinkRequest {
  sql::UserId user = 0;
  std::int64_t identity = 0;
  bool force = false;  // also when it is the last way in
};

class IdentityChanges {
 public:
  struct Parts {
    ChangeDesk& desk;
    const Webhooks& webhooks;
    const config::Config& config;
  };
  static constexpr std::chrono::hours kPreauthorisationLifetime{24 * 30};

  explicit IdentityChanges(Parts parts) : parts_(parts) {}

  // Faults beside those of the desk: identity_in_use, last_login_method, user_merged.
  tl::expected<Report, Refusal> link(const Order& order, const LinkRequest& request);
  // The next sign-in at the provider with exactly that verified address is linked to the user.
  tl::expected<Report, Refusal> preauthorise(const Order& order,
                                             const PreauthoriseRequest& request);
  // not_found when the user has no such identity.
  tl::expected<Report, Refusal> unlink(const Order& order, const UnlinkRequest& request);
  tl::expected<Report, Refusal> revoke_preauthorisation(const Order& order, sql::UserId user,
                                                        std::int64_t preauthorisation);

 private:
  Attempt<Report> try_link(Workbench& bench, const LinkRequest& request);
  Attempt<Report> insert(Workbench& bench, const LinkRequest& request);
  Attempt<Report> move(Workbench& bench, const LinkRequest& request, sql::UserId from);
  Attempt<Report> try_preauthorise(Workbench& bench, const PreauthoriseRequest& request);
  Attempt<Report> try_unlink(Workbench& bench, const UnlinkRequest& request);
  // Whether the user could still come in without that identity.
  Attempt<bool> another_way_in(Workbench& bench, const sql::User& user, std::int64_t without);
  [[nodiscard]] bool is_configured(const std::string& provider) const;

  Parts parts_;
};

// user_merged when the user has become part of another one.
Attempt<void> check_unmerged(const sql::User& user);
// The user, locked, who has not become part of another one. Faults: those of Workbench::lock_user,
// user_merged.
Attempt<sql::User> lock_unmerged(Workbench& bench, sql::UserId id);

}  // namespace latchkey::broker::admin
