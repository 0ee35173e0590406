// The command line: each command loads the configuration itself, says on stderr what is wrong, and
// answers an exit code: 0 done, 1 refused or failed, 2 the command line or the configuration is
// wrong.
#pragma once

#include <optional>
#include <string>

#include "config/load.h"

namespace latchkey::broker::commands {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kMisconfigured = 2;

// Loads and prints every fault and warning; nullopt when there is a fault.
std::optional<config::Config> load_or_complain(const std::string& file);

int serve(const std::string& config_file, bool migrate_first);
int migrate(const std::string& config_file);
int check(const std::string& config_file);
// Prints a fresh `server.secret_key`.
int generate_key();

struct CreateUser {
  std::string email;
  std::string name;
  bool staff = false;
  bool superuser = false;
  bool unverified = false;
  bool password_from_stdin = false;
};
int create_user(const std::string& config_file, const CreateUser& options);
int set_password(const std::string& config_file, const std::string& email);
int list_users(const std::string& config_file, bool as_json);

}  // namespace latchkey::broker::commands
