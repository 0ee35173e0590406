// What staff and the command line change of a user's own row, and of the user's sessions. Each is
// one change of the ChangeDesk.
#pragma once

#include <optional>
#include <string>

#include "broker/admin/change_desk.h"
#include "broker/webhooks.h"

namespace latchkey::broker::admin {

struct NewUserRequest {
  std::string email;
  std::string name = {};
  bool verified = false;  // whoever asks vouches for the address
  bool staff = false;
  bool superuser = false;  // the command line only
  std::optional<std::string> password_hash = {};
};

// What is set is changed.
struct UserUpdate {
  std::optional<bool> disabled;
  std::optional<bool> staff;
  std::optional<std::string> email;
  std::optional<bool> verified;  // the address; of a new one, none when not said
  std::optional<std::string> name;

  [[nodiscard]] bool empty() const { return !disabled && !staff && !email && !verified && !name; }
};

class UserChanges {
 public:
  UserChanges(ChangeDesk& desk, const Webhooks& webhooks) : desk_(desk), webhooks_(webhooks) {}

  // Faults beside those of the desk: validation_failed, email_in_use, own_account,
  // last_administrator.
  tl::expected<Report, Refusal> create(const Order& order, const NewUserRequest& request);
  // Disabling ends all sessions of the user.
  tl::expected<Report, Refusal> update(const Order& order, sql::UserId user,
                                       const UserUpdate& update);
  // Ends all sessions of the user. user_merged.
  tl::expected<Report, Refusal> set_password(const Order& order, sql::UserId user,
                                             const std::string& hash);
  // All of them, or one: session_unknown when it is not the user's.
  tl::expected<Report, Refusal> end_sessions(const Order& order, sql::UserId user,
                                             const std::optional<std::int64_t>& session);

 private:
  Attempt<Report> try_create(Workbench& bench, const NewUserRequest& request, const Email& email);
  Attempt<Report> try_end(Workbench& bench, sql::UserId user,
                          const std::optional<std::int64_t>& session);

  ChangeDesk& desk_;
  const Webhooks& webhooks_;
};

}  // namespace latchkey::broker::admin
