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
  bool as_json = false;
  std::string email;
  commands::CreateUser user;
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

void add_user_commands(CLI::App& app, Options& options, Action& action) {
  CLI::App* user = app.add_subcommand("user", "Local users")->require_subcommand(1);
  CLI::App* create = add_command(*user, "create", "Create a user", options, action, [&options] {
    return commands::create_user(options.config_file, options.user);
  });
  create->add_option("--email", options.user.email, "E-mail address")->required();
  create->add_option("--name", options.user.name, "Display name");
  create->add_flag("--staff", options.user.staff, "May administer users");
  create->add_flag("--superuser", options.user.superuser, "Staff with every permission");
  create->add_flag("--unverified", options.user.unverified,
                   "Leave the address unverified (default: you vouch for it)");
  create->add_flag("--password-stdin", options.user.password_from_stdin,
                   "Read the password from the first line of stdin");

  CLI::App* password = add_command(
      *user, "set-password",
      "Set a user's password, read from stdin, and end all "
      "sessions",
      options, action,
      [&options] { return commands::set_password(options.config_file, options.email); });
  password->add_option("--email", options.email, "E-mail address")->required();
  password->add_flag("--password-stdin", options.user.password_from_stdin,
                     "Accepted for symmetry: the password always comes from stdin");

  add_command(*user, "list", "List users", options, action, [&options] {
    return commands::list_users(options.config_file, options.as_json);
  })->add_flag("--json", options.as_json, "One JSON object a line");
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
