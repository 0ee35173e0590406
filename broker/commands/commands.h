// The command line: what each command is asked for. A command loads the configuration itself, says
// on stdout what it was asked for, and answers why it could not, which main() tells on stderr with
// the exit code (complaint.h). Warnings and notes go to stderr, so that stdout can be parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/commands/complaint.h"
#include "config/config.h"

namespace latchkey::broker::commands {

// Prints every fault, if there is one.
Attempt<config::Config> load(const std::string& file);
// Also what is legal, but probably not what is meant.
Attempt<config::Config> load_with_warnings(const std::string& file);

Done serve(const std::string& config_file, bool migrate_first);
Done migrate(const std::string& config_file);
Done check(const std::string& config_file);
// Prints a fresh `server.secret_key`.
Done generate_key();

struct CreateUser {
  std::string email;
  std::string name;
  bool staff = false;
  bool superuser = false;
  bool unverified = false;
  bool with_password = false;  // read_password()
};
// Of every command that changes something.
struct ChangeOptions {
  std::string reason;  // for the audit log; may be empty in a dry run
  bool dry_run = false;
  bool as_json = false;
};
// `who` is always a user's id or e-mail address.
Done create_user(const std::string& config_file, const CreateUser& wanted,
                 const ChangeOptions& options);
Done set_password(const std::string& config_file, const std::string& who,
                  const ChangeOptions& options);
Done set_disabled(const std::string& config_file, const std::string& who, bool disabled,
                  const ChangeOptions& options);
Done set_staff(const std::string& config_file, const std::string& who, bool staff,
               const ChangeOptions& options);

struct ListUsers {
  std::string search;
  std::string provider;
  bool disabled = false;
  bool staff = false;
  int limit = 100;  // 0: all
  bool as_json = false;
};
Done list_users(const std::string& config_file, const ListUsers& wanted);
Done show_user(const std::string& config_file, const std::string& who, bool as_json);

Done list_sessions(const std::string& config_file, const std::string& who, bool as_json);
// All of them, or the one.
Done revoke_sessions(const std::string& config_file, const std::string& who,
                     const std::optional<std::int64_t>& session, const ChangeOptions& options);

struct IdentityOptions {
  std::string provider;
  std::string subject;
  std::string email;   // instead of a subject: whoever comes with that verified address
  bool move = false;   // from whoever has it
  bool force = false;  // also when it is the last way in
};
Done link_identity(const std::string& config_file, const std::string& who,
                   const IdentityOptions& wanted, const ChangeOptions& options);
Done unlink_identity(const std::string& config_file, const std::string& who,
                     const IdentityOptions& wanted, const ChangeOptions& options);

struct MergeUsers {
  std::string from;
  std::string into;
  bool move_sessions = false;
  bool take_password = false;
  bool force = false;
};
Done merge_users(const std::string& config_file, const MergeUsers& wanted,
                 const ChangeOptions& options);
Done undo_merge(const std::string& config_file, std::int64_t merge, const ChangeOptions& options);

struct ReadAudit {
  std::string user;
  std::string action;
  std::string since;
  std::string until;
  int limit = 100;  // 0: all
  bool as_json = false;
};
Done read_audit(const std::string& config_file, const ReadAudit& wanted);

}  // namespace latchkey::broker::commands
