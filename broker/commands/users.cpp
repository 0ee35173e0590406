#include "sql/users.h"

#include <iostream>

#include <fmt/core.h>

#include "base/email.h"
#include "base/json.h"
#include "base/try.h"
#include "broker/commands/commands.h"
#include "broker/password_rules.h"
#include "broker/visitor_answers.h"
#include "sessions/password_hasher.h"
#include "sql/migrations.h"
#include "sql/sessions.h"
#include "sql/signins.h"

namespace latchkey::broker::commands {
namespace {

int complain(std::string_view what) {
  fmt::print(stderr, "error: {}\n", what);
  return kFailed;
}

// A connection to a database whose schema is current.
std::unique_ptr<sql::Connection> connect(const config::Config& config) {
  auto connection = sql::Connection::open(config.database.url, sql::kMigrationTimeouts);
  if (!connection) {
    complain(connection.error().detail);
    return nullptr;
  }
  if (const auto migrated = sql::migrate(**connection); !migrated) {
    complain(migrated.error().detail);
    return nullptr;
  }
  return std::move(*connection);
}

// One line, so that `printf '%s\n' "$PASSWORD" |` and a typed line both work.
std::optional<std::string> hash_password_from_stdin(const config::Config& config,
                                                    const Email& email) {
  std::string line;
  std::getline(std::cin, line);
  const Secret password(line);
  if (const auto fault = password_fault(line, config.accounts, email.str())) {
    complain(*fault);
    return std::nullopt;
  }
  sessions::PasswordHasher hasher({.threads = 1});
  auto hash = hasher.hash(password);
  if (!hash) {
    complain(describe(hash.error().code).sentence);
    return std::nullopt;
  }
  return std::move(*hash);
}

sql::Outcome<void> audit(sql::Connection& db, sql::UserId user, std::string action) {
  return sql::audit_events::insert(db, {.at = SystemClock().now(),
                                        .action = std::move(action),
                                        .user_id = user,
                                        .actor_id = std::nullopt,
                                        .provider = {},
                                        .subject = {},
                                        .reason = "done on the command line",
                                        .ip = {},
                                        .request_id = {},
                                        .details = {}});
}

sql::Outcome<sql::User> insert_user(sql::Connection& connection, const sql::NewUser& user) {
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(connection));
  LATCHKEY_TRY_ASSIGN(sql::User created, sql::users::insert(connection, user));
  LATCHKEY_TRY(audit(connection, created.id, "user.create"));
  LATCHKEY_TRY(transaction.commit());
  return created;
}

// Whoever holds a session or a password of before is out.
sql::Outcome<bool> replace_password(sql::Connection& connection, const Email& email,
                                    const std::string& hash) {
  LATCHKEY_TRY_ASSIGN(sql::Transaction transaction, sql::Transaction::begin(connection));
  LATCHKEY_TRY_ASSIGN(const std::optional<sql::User> user,
                      sql::users::lock_by_email(connection, email));
  if (!user) return false;
  LATCHKEY_TRY(sql::users::set_password_hash(connection, user->id, hash));
  LATCHKEY_TRY(sql::sessions::remove_all_of_user(connection, user->id, ""));
  LATCHKEY_TRY(audit(connection, user->id, "password.set"));
  LATCHKEY_TRY(transaction.commit());
  return true;
}

void print_user(const sql::User& user, bool as_json) {
  if (as_json) {
    JsonWriter json;
    json.begin_object();
    write_user(json, user);
    json.field("disabled", user.disabled()).end_object();
    fmt::print("{}\n", json.text());
    return;
  }
  fmt::print("{:>8}  {:<40}  {}{}{}{}\n", user.id, user.email,
             user.email_verified() ? "verified" : "unverified", user.is_staff ? " staff" : "",
             user.has_password() ? " password" : "", user.disabled() ? " DISABLED" : "");
}

}  // namespace

int create_user(const std::string& config_file, const CreateUser& options) {
  const auto config = load_or_complain(config_file);
  if (!config) return kMisconfigured;
  const auto email = Email::parse(options.email);
  if (!email) return complain("not an e-mail address Latchkey accepts: " + options.email);
  sql::NewUser user{.email = email->str(),
                    .email_verified_at = {},
                    .password_hash = {},
                    .name = options.name,
                    .avatar_url = {},
                    .is_staff = options.staff || options.superuser,
                    .is_superuser = options.superuser,
                    .created_at = SystemClock().now()};
  if (!options.unverified) user.email_verified_at = user.created_at;
  if (options.password_from_stdin) {
    user.password_hash = hash_password_from_stdin(*config, *email);
    if (!user.password_hash) return kFailed;
  }
  const auto connection = connect(*config);
  if (!connection) return kFailed;
  const auto created = insert_user(*connection, user);
  if (created) {
    fmt::print("created user {} {}\n", created->id, created->email);
    return kDone;
  }
  if (created.error().kind == sql::FailureKind::unique_violation) {
    return complain("there is a user with that address already: " + user.email);
  }
  return complain(created.error().detail);
}

int set_password(const std::string& config_file, const std::string& address) {
  const auto config = load_or_complain(config_file);
  if (!config) return kMisconfigured;
  const auto email = Email::parse(address);
  if (!email) return complain("not an e-mail address Latchkey accepts: " + address);
  const auto hash = hash_password_from_stdin(*config, *email);
  if (!hash) return kFailed;
  const auto connection = connect(*config);
  if (!connection) return kFailed;
  const auto replaced = replace_password(*connection, *email, *hash);
  if (!replaced) return complain(replaced.error().detail);
  if (!*replaced) return complain("there is no user with that address: " + email->str());
  fmt::print("password set; all sessions of {} ended\n", email->str());
  return kDone;
}

int list_users(const std::string& config_file, bool as_json) {
  constexpr int kPage = 500;
  const auto config = load_or_complain(config_file);
  if (!config) return kMisconfigured;
  const auto connection = connect(*config);
  if (!connection) return kFailed;
  sql::UserId after = 0;
  for (;;) {
    const auto page = sql::users::list(*connection, after, kPage);
    if (!page) return complain(page.error().detail);
    for (const sql::User& user : *page) print_user(user, as_json);
    if (page->size() < kPage) return kDone;
    after = page->back().id;
  }
}

}  // namespace latchkey::broker::commands
