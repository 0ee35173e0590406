// latchkey: the command line of the service.
#include <cstdlib>
#include <exception>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "broker/commands/commands.h"

namespace {

namespace commands = latchkey::broker::commands;

// What the parsed command line asks for; called once parsing is over.
using Action = std::function<int()>;

struct Options {
  std::string config_file = "/etc/latchkey/latchkey.toml";
  bool no_migrate = false;
  std::string who;
  std::int64_t merge_id = 0;
  commands::CreateUser user;
  commands::ChangeOptions change;
  commands::ListUsers list;
  commands::EndSessions end;
  commands::LinkIdentity link;
  commands::MergeUsers merge;
  commands::ReadAudit audit;
};

void add_config_option(CLI::App& command, Options& options) {
  command.add_option("--config,-c", options.config_file, "Configuration file")
      ->envname("LATCHKEY_CONFIG")
      ->capture_default_str();
}

CLI::App* add_command(CLI::App& parent, const char* name, const char* what, Options& options,
                      Action& action, Action run) {
  CLI::App* command = parent.add_subcommand(name, what);
  add_config_option(*command, options);
  command->callback([&action, run = std::move(run)] { action = run; });
  return command;
}

void add_service_commands(CLI::App& app, Options& options, Action& action) {
  add_command(app, "serve", "Run the service", options, action, [&options] {
    return commands::serve(options.config_file, !options.no_migrate);
  })->add_flag("--no-migrate", options.no_migrate, "Refuse to start on an old schema");
  add_command(app, "migrate", "Bring the database's schema up to date", options, action,
              [&options] { return commands::migrate(options.config_file); });
  add_command(app, "check", "Check the configuration and report every fault", options, action,
              [&options] { return commands::check(options.config_file); });
  CLI::App* key = app.add_subcommand("key", "Secret keys")->require_subcommand(1);
  key->add_subcommand("generate", "Print a new server.secret_key")->callback([&action] {
    action = commands::generate_key;
  });
}

void add_change_options(CLI::App& command, Options& options) {
  command.add_option("--reason", options.change.reason, "Why, for the audit log");
  command.add_flag("--dry-run", options.change.dry_run, "Only say what would change");
  command.add_flag("--json", options.change.as_json, "For machines");
}

// A command that changes one user, given by id or address.
CLI::App* add_change(CLI::App& parent, const char* name, const char* what, Options& options,
                     Action& action, Action run) {
  CLI::App* command = add_command(parent, name, what, options, action, std::move(run));
  command->add_option("user,--user,--email", options.who, "Id or e-mail address")->required();
  add_change_options(*command, options);
  return command;
}

void add_identity_options(CLI::App& command, Options& options) {
  command.add_option("--provider", options.link.provider, "The provider's id")->required();
  command.add_option("--subject", options.link.subject, "As the provider names the person");
  command.add_flag("--force", options.link.force, "Also when it is the last way in");
}

void add_create_command(CLI::App& user, Options& options, Action& action) {
  CLI::App* create = add_command(user, "create", "Create a user", options, action, [&options] {
    return commands::create_user(options.config_file, options.user, options.change);
  });
  create->add_option("--email", options.user.email, "E-mail address")->required();
  create->add_option("--name", options.user.name, "Display name");
  create->add_flag("--staff", options.user.staff, "May administer users");
  create->add_flag("--superuser", options.user.superuser, "Staff with every permission");
  create->add_flag("--unverified", options.user.unverified,
                   "Leave the address unverified (default: you vouch for it)");
  create->add_flag("--password-stdin", options.user.password_from_stdin,
                   "Read the password from the first line of stdin");
  add_change_options(*create, options);
}

void add_reading_commands(CLI::App& user, Options& options, Action& action) {
  CLI::App* list =
      add_command(user, "list", "List users, newest first", options, action,
                  [&options] { return commands::list_users(options.config_file, options.list); });
  list->add_option("--search", options.list.search, "Id, subject, or part of address or name");
  list->add_option("--provider", options.list.provider, "Only with an identity there");
  list->add_flag("--disabled", options.list.disabled, "Only disabled users");
  list->add_flag("--staff", options.list.staff, "Only staff");
  list->add_flag("--json", options.list.as_json, "One JSON object a line");

  CLI::App* show = add_command(
      user, "show", "Show a user with identities, sessions and latest audit entries", options,
      action, [&options] {
        return commands::show_user(options.config_file, options.who, options.change.as_json);
      });
  show->add_option("user,--user,--email", options.who, "Id or e-mail address")->required();
  show->add_flag("--json", options.change.as_json, "For machines");
}

void add_account_commands(CLI::App& user, Options& options, Action& action) {
  add_change(user, "set-password", "Set a user's password, read from stdin, and end all sessions",
             options, action,
             [&options] {
               return commands::set_password(options.config_file, options.who, options.change);
             })
      ->add_flag("--password-stdin", options.user.password_from_stdin,
                 "Accepted for symmetry: the password always comes from stdin");
  add_change(user, "disable", "Disable a user and end all sessions", options, action, [&options] {
    return commands::set_disabled(options.config_file, options.who, true, options.change);
  });
  add_change(user, "enable", "Enable a disabled user", options, action, [&options] {
    return commands::set_disabled(options.config_file, options.who, false, options.change);
  });
  CLI::App* sessions = add_change(user, "sessions", "List a user's sessions, or end them", options,
                                  action, [&options] {
                                    return commands::user_sessions(options.config_file, options.who,
                                                                   options.end, options.change);
                                  });
  sessions->add_flag("--end-all", options.end.all, "End all of them");
  sessions->add_option("--end", options.end.session, "End the one with this id");
}

void add_identity_commands(CLI::App& user, Options& options, Action& action) {
  const auto link = [&options] {
    return commands::link_identity(options.config_file, options.who, options.link, options.change);
  };
  CLI::App* added = add_change(user, "link", "Link an identity to a user", options, action, link);
  add_identity_options(*added, options);
  added->add_option("--verified-email", options.link.email,
                    "Instead of a subject: whoever comes with that verified address");
  CLI::App* moved = add_change(user, "move", "Move an identity from another user to this one",
                               options, action, [&options, link] {
                                 options.link.move = true;
                                 return link();
                               });
  add_identity_options(*moved, options);
  CLI::App* taken =
      add_change(user, "unlink", "Take an identity from a user", options, action, [&options] {
        return commands::unlink_identity(options.config_file, options.who, options.link,
                                         options.change);
      });
  add_identity_options(*taken, options);
}

void add_merge_commands(CLI::App& user, Options& options, Action& action) {
  CLI::App* merge =
      add_command(user, "merge", "Make a user part of another one", options, action, [&options] {
        return commands::merge_users(options.config_file, options.merge, options.change);
      });
  merge->add_option("from", options.merge.from, "Id or e-mail address")->required();
  merge->add_option("into", options.merge.into, "Who stays: id or e-mail address")->required();
  merge->add_flag("--move-sessions", options.merge.move_sessions, "Instead of ending them");
  merge->add_flag("--take-password", options.merge.take_password, "If the one who stays has none");
  merge->add_flag("--force", options.merge.force, "Also with blocking conflicts");
  add_change_options(*merge, options);

  CLI::App* undo = add_command(user, "undo", "Undo a merge", options, action, [&options] {
    return commands::undo_merge(options.config_file, options.merge_id, options.change);
  });
  undo->add_option("merge", options.merge_id, "Id of the merge")->required();
  add_change_options(*undo, options);
}

void add_user_commands(CLI::App& app, Options& options, Action& action) {
  CLI::App* user = app.add_subcommand("user", "Local users")->require_subcommand(1);
  add_create_command(*user, options, action);
  add_reading_commands(*user, options, action);
  add_account_commands(*user, options, action);
  add_identity_commands(*user, options, action);
  add_merge_commands(*user, options, action);
}

void add_audit_command(CLI::App& app, Options& options, Action& action) {
  CLI::App* audit =
      add_command(app, "audit", "Read the audit log, newest first", options, action,
                  [&options] { return commands::read_audit(options.config_file, options.audit); });
  audit->add_option("--user", options.audit.user, "Id or e-mail address");
  audit->add_option("--action", options.audit.action, "Exactly, such as user.disable");
  audit->add_option("--since", options.audit.since, "2026-11-21T08:30:00Z or a date");
  audit->add_option("--until", options.audit.until, "Before this time");
  audit->add_option("--limit", options.audit.limit, "At most so many")->capture_default_str();
  audit->add_flag("--json", options.audit.as_json, "One JSON object a line");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Latchkey: social login that hands back your own session cookie", "latchkey");
  app.set_version_flag("--version", LATCHKEY_VERSION);
  app.require_subcommand(1);
  Options options;
  Action action;
  add_service_commands(app, options, action);
  add_user_commands(app, options, action);
  add_audit_command(app, options, action);
  try {
    app.parse(argc, argv);
    return action();
  } catch (const CLI::ParseError& fault) {
    const int code = app.exit(fault);
    return code == 0 ? EXIT_SUCCESS : commands::kMisconfigured;
  } catch (const std::exception& fault) {
    fmt::print(stderr, "error: {}\n", fault.what());
    return commands::kFailed;
  }
}
