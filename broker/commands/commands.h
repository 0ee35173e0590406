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
// Of every command that changes something.
struct ChangeOptions {
  std::string reason;  // for the audit log
  bool dry_run = false;
  bool as_json = false;
};
// `who` is always a user's id or e-mail address.
int create_user(const std::string& config_file, const CreateUser& wanted,
                const ChangeOptions& options);
int set_password(const std::string& config_file, const std::string& who,
                 const ChangeOptions& options);
int set_disabled(const std::string& config_file, const std::string& who, bool disabled,
                 const ChangeOptions& options);

struct ListUsers {
  std::string search;
  std::string provider;
  bool disabled = false;
  bool staff = false;
  bool as_json = false;
};
int list_users(const std::string& config_file, const ListUsers& wanted);
int show_user(const std::string& config_file, const std::string& who, bool as_json);

struct EndSessions {
  bool all = false;
  std::optional<std::int64_t> session;
};
// Lists them when none is to end.
int user_sessions(const std::string& config_file, const std::string& who, const EndSessions& end,
                  const ChangeOptions& options);

struct LinkIdentity {
  std::string provider;
  std::string subject;
  std::string email;  // instead of a subject: allowed beforehand
  bool move = false;
  bool force = false;
};
int link_identity(const std::string& config_file, const std::string& who,
                  const LinkIdentity& wanted, const ChangeOptions& options);
int unlink_identity(const std::string& config_file, const std::string& who,
                    const LinkIdentity& wanted, const ChangeOptions& options);

struct MergeUsers {
  std::string from;
  std::string into;
  bool move_sessions = false;
  bool take_password = false;
  bool force = false;
};
int merge_users(const std::string& config_file, const MergeUsers& wanted,
                const ChangeOptions& options);
int undo_merge(const std::string& config_file, std::int64_t merge, const ChangeOptions& options);

struct ReadAudit {
  std::string user;
  std::string action;
  std::string since;
  std::string until;
  int limit = 100;
  bool as_json = false;
};
int read_audit(const std::string& config_file, const ReadAudit& wanted);

}  // namespace latchkey::broker::commands
