// latchkey: the command line of the service.
#include <cstdlib>
#include <exception>
#include <functional>

#include <CLI/CLI.hpp>

#include "base/encoding.h"
#include "base/log.h"
#include "broker/commands/commands.h"
#include "broker/commands/reason_input.h"

namespace {

namespace commands = latchkey::broker::commands;

constexpr int kLongestList = 1'000'000'000;

// Of what is looked for in the database, which holds nothing else.
CLI::Validator text() {
  return {[](const std::string& value) {
            return latchkey::to_valid_utf8(value) == value ? "" : "This is not UTF-8 text";
          },
          ""};
}

// What the parsed command line asks for; called once parsing is over.
using Action = std::function<commands::Done()>;

// CLI11 would read the variable for every command that was not named, too, and let it win over
// --config of the one that was.
std::string default_config_file() {
  const char* file = std::getenv("LATCHKEY_CONFIG");  // NOLINT(concurrency-mt-unsafe)
  return file == nullptr || *file == '\0' ? "/etc/latchkey/latchkey.toml" : file;
}

struct Options {
  std::string config_file = default_config_file();
  bool no_migrate = false;
  std::string who;
  bool as_json = false;
  bool revoke = false;
  std::optional<std::int64_t> session;
  std::int64_t merge_id = 0;
  commands::CreateUser user;
  commands::ChangeOptions change;
  commands::ListUsers list;
  commands::IdentityOptions identity;
  commands::MergeUsers merge;
  commands::ReadAudit audit;
};

CLI::App* add_command(CLI::App& parent, const char* name, const char* what, Options& options,
                      Action& action, Action run) {
  CLI::App* command = parent.add_subcommand(name, what);
  command->add_option("--config,-c", options.config_file, "Configuration file")
      ->capture_default_str();
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

void add_user_argument(CLI::App& command, Options& options) {
  command.add_option("user,--user,--email", options.who, "Id or e-mail address")->required();
}

void add_change_options(CLI::App& command, Options& options) {
  command.add_option("--reason", options.change.reason, "Why, for the audit log");
  command.add_flag("--dry-run", options.change.dry_run, "Only say what would change");
  command.add_flag("--json", options.change.as_json, "For machines");
}

Action with_reason(Options& options, Action change) {
  return [&options, change = std::move(change)] {
    return commands::settle_reason(options.change).and_then(change);
  };
}

// A command that changes one user.
CLI::App* add_change(CLI::App& parent, const char* name, const char* what, Options& options,
                     Action& action, Action run) {
  CLI::App* command =
      add_command(parent, name, what, options, action, with_reason(options, std::move(run)));
  add_user_argument(*command, options);
  add_change_options(*command, options);
  return command;
}

void add_create_command(CLI::App& user, Options& options, Action& action) {
  CLI::App* create = add_command(user, "create", "Create a user", options, action, [&options] {
    // What a new user is for shows by itself, above all the first administrator.
    if (options.change.reason.empty()) options.change.reason = "Created on the command line";
    return commands::create_user(options.config_file, options.user, options.change);
  });
  create->add_option("--email", options.user.email, "E-mail address")->required();
  create->add_option("--name", options.user.name, "Display name");
  create->add_flag("--staff", options.user.staff, "May administer users");
  create->add_flag("--superuser", options.user.superuser, "Staff with every permission");
  create->add_flag("--unverified", options.user.unverified,
                   "Leave the address unverified (default: you vouch for it)");
  create->add_flag("--password-stdin", options.user.with_password,
                   "Read a password from stdin, or ask for it at a terminal");
  add_change_options(*create, options);
}

void add_list_options(CLI::App& command, int& limit, bool& as_json) {
  command.add_option("--limit", limit, "At most so many; 0: all")
      ->check(CLI::Range(0, kLongestList))
      ->capture_default_str();
  command.add_flag("--json", as_json, "One JSON object a line");
}

void add_reading_commands(CLI::App& user, Options& options, Action& action) {
  CLI::App* list =
      add_command(user, "list", "List users, newest first", options, action,
                  [&options] { return commands::list_users(options.config_file, options.list); });
  list->add_option("--search", options.list.search, "Id, subject, or part of address or name")
      ->check(text());
  list->add_option("--provider", options.list.provider, "Only with an identity there")
      ->check(text());
  list->add_flag("--disabled", options.list.disabled, "Only disabled users");
  list->add_flag("--staff", options.list.staff, "Only staff");
  add_list_options(*list, options.list.limit, options.list.as_json);

  CLI::App* show = add_command(
      user, "show", "Show a user with identities, sessions, merges and latest audit entries",
      options, action, [&options] {
        return commands::show_user(options.config_file, options.who, options.as_json);
      });
  add_user_argument(*show, options);
  show->add_flag("--json", options.as_json, "For machines");
}

void add_account_commands(CLI::App& user, Options& options, Action& action) {
  add_change(user, "set-password", "Set a user's password and end all sessions", options, action,
             [&options] {
               return commands::set_password(options.config_file, options.who, options.change);
             })
      ->add_flag("--password-stdin", options.user.with_password,
                 "As with create; the password comes from stdin or the terminal in any case");
  add_change(user, "disable", "Disable a user and end all sessions", options, action, [&options] {
    return commands::set_disabled(options.config_file, options.who, true, options.change);
  });
  add_change(user, "enable", "Enable a disabled user", options, action, [&options] {
    return commands::set_disabled(options.config_file, options.who, false, options.change);
  });
  add_change(user, "grant-staff", "Let a user administer users", options, action, [&options] {
    return commands::set_staff(options.config_file, options.who, true, options.change);
  });
  add_change(user, "revoke-staff", "Take that right away", options, action, [&options] {
    return commands::set_staff(options.config_file, options.who, false, options.change);
  });
}

void add_sessions_command(CLI::App& user, Options& options, Action& action) {
  const Action revoke = with_reason(options, [&options] {
    return commands::revoke_sessions(options.config_file, options.who, options.session,
                                     options.change);
  });
  CLI::App* sessions = add_command(
      user, "sessions", "List a user's sessions, or end them", options, action, [&options, revoke] {
        if (options.revoke) return revoke();
        return commands::list_sessions(options.config_file, options.who, options.change.as_json);
      });
  add_user_argument(*sessions, options);
  CLI::Option* all = sessions->add_flag("--revoke", options.revoke, "End all of them");
  sessions->add_option("--session", options.session, "With --revoke: only the one with this id")
      ->needs(all);
  add_change_options(*sessions, options);
}

void add_identity_command(CLI::App& user, const char* name, const char* what, Options& options,
                          Action& action, Action run) {
  CLI::App* command = add_change(user, name, what, options, action, std::move(run));
  command->add_option("--provider", options.identity.provider, "The provider's id")
      ->required()
      ->check(text());
  CLI::Option_group* who = command->add_option_group("identity", "One of");
  who->add_option("--subject", options.identity.subject, "As the provider names the person")
      ->check(text());
  who->add_option("--verified-email", options.identity.email,
                  "Whoever comes next with that verified address");
  who->require_option(1);
  command->add_flag("--force", options.identity.force, "Also when it is the last way in");
}

void add_identity_commands(CLI::App& user, Options& options, Action& action) {
  const auto link = [&options] {
    return commands::link_identity(options.config_file, options.who, options.identity,
                                   options.change);
  };
  add_identity_command(user, "link", "Link an identity to a user", options, action, link);
  add_identity_command(user, "move", "Move an identity from another user to this one", options,
                       action, [&options, link] {
                         options.identity.move = true;
                         return link();
                       });
  add_identity_command(user, "unlink", "Take an identity from a user", options, action, [&options] {
    return commands::unlink_identity(options.config_file, options.who, options.identity,
                                     options.change);
  });
}

void add_merge_commands(CLI::App& user, Options& options, Action& action) {
  CLI::App* merge = add_command(user, "merge", "Make a user part of another one", options, action,
                                with_reason(options, [&options] {
                                  return commands::merge_users(options.config_file, options.merge,
                                                               options.change);
                                }));
  merge->add_option("from", options.merge.from, "Id or e-mail address")->required();
  merge->add_option("into", options.merge.into, "Who stays: id or e-mail address")->required();
  merge->add_flag("--move-sessions", options.merge.move_sessions, "Instead of ending them");
  merge->add_flag("--take-password", options.merge.take_password, "If the one who stays has none");
  merge->add_flag("--force", options.merge.force, "Also with blocking conflicts");
  add_change_options(*merge, options);

  CLI::App* undo = add_command(
      user, "undo", "Undo a merge", options, action, with_reason(options, [&options] {
        return commands::undo_merge(options.config_file, options.merge_id, options.change);
      }));
  undo->add_option("merge", options.merge_id, "Id of the merge")->required();
  add_change_options(*undo, options);
}

void add_user_commands(CLI::App& app, Options& options, Action& action) {
  CLI::App* user = app.add_subcommand("user", "Local users")->require_subcommand(1);
  add_create_command(*user, options, action);
  add_reading_commands(*user, options, action);
  add_account_commands(*user, options, action);
  add_sessions_command(*user, options, action);
  add_identity_commands(*user, options, action);
  add_merge_commands(*user, options, action);
}

void add_audit_command(CLI::App& app, Options& options, Action& action) {
  CLI::App* audit =
      add_command(app, "audit", "Read the audit log, newest first", options, action,
                  [&options] { return commands::read_audit(options.config_file, options.audit); });
  audit->add_option("--user", options.audit.user, "Id or e-mail address");
  audit->add_option("--action", options.audit.action, "Exactly, such as user.disable")
      ->check(text());
  audit->add_option("--since", options.audit.since, "2026-11-21T08:30:00Z or a date");
  audit->add_option("--until", options.audit.until, "Before this time");
  add_list_options(*audit, options.audit.limit, options.audit.as_json);
}

// A word that nothing expects is the cause, whatever else is missing then.
std::string sentence_of(const CLI::ParseError& fault, const CLI::App& app) {
  const std::vector<std::string> unknown = app.remaining(true);
  if (!unknown.empty()) return "There is no command or option " + unknown.front() + " here.";
  return std::string(fault.what()) + ".";
}

int run(const Action& action) {
  const commands::Done done = action();
  if (!done) {
    commands::print_error(done.error().sentence());
    return done.error().code();
  }
  if (std::fflush(stdout) != 0) throw std::runtime_error("The output cannot be written.");
  return commands::kDone;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Latchkey: social login that hands back your own session cookie", "latchkey");
  app.set_version_flag("--version", LATCHKEY_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done, 1 refused, 2 the command line or the configuration is wrong, "
      "3 the database cannot be used.");
  // Commands say themselves what there is to say; serve() logs.
  latchkey::log::set_level(latchkey::log::Level::error);
  Options options;
  Action action;
  add_service_commands(app, options, action);
  add_user_commands(app, options, action);
  add_audit_command(app, options, action);
  try {
    app.parse(argc, argv);
    return run(action);
  } catch (const CLI::ParseError& fault) {
    if (fault.get_exit_code() == EXIT_SUCCESS) return app.exit(fault);  // --help, --version
    commands::print_error(sentence_of(fault, app));
    commands::print_note("--help tells what there is.");
    return commands::kMisused;
  } catch (const std::exception& fault) {
    commands::print_error(fault.what());
    return commands::kRefused;
  }
}
