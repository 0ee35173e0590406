#include "broker/commands/office.h"

#include <array>
#include <iostream>

#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include "base/try.h"
#include "broker/admin/staff_gate.h"
#include "broker/password_rules.h"
#include "sessions/password_hasher.h"
#include "sql/migrations.h"

namespace latchkey::broker::commands {
namespace {

constexpr const char* kNoReason = "done on the command line";

std::string login_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::to_string(geteuid()) : found->pw_name;
}

std::optional<sql::UserId> as_id(const std::string& text) {
  const auto id = admin::parse_id(text, ErrorCode::user_unknown);
  return id ? std::optional(*id) : std::nullopt;
}

sql::Outcome<std::optional<sql::User>> look_up(sql::Pool& pool, const std::string& text) {
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, pool.acquire());
  if (const auto id = as_id(text)) return sql::users::find_by_id(*lease, *id);
  const auto email = Email::parse(text);
  if (!email) return std::optional<sql::User>();
  return sql::users::find_by_email(*lease, *email);
}

}  // namespace

int complain(std::string_view what) {
  fmt::print(stderr, "error: {}\n", what);
  return kFailed;
}

std::unique_ptr<Office> Office::open(const std::string& config_file, int& exit_code) {
  auto config = load_or_complain(config_file);
  exit_code = config ? kFailed : kMisconfigured;
  if (!config) return nullptr;
  auto connection = sql::Connection::open(config->database.url, sql::kMigrationTimeouts);
  if (!connection) {
    complain(connection.error().detail);
    return nullptr;
  }
  if (const auto migrated = sql::migrate(**connection); !migrated) {
    complain(migrated.error().detail);
    return nullptr;
  }
  return std::make_unique<Office>(std::move(*config));
}

Office::Office(config::Config loaded)
    : config(std::move(loaded)),
      pool({.url = config.database.url, .size = 1}),
      webhooks(config.admin, clock),
      post_office(config, clock),
      providers(config.providers, config.outbound, clock),
      notices(post_office, providers, clock),
      // No sessions are remembered in this process; services hear of changes from the database.
      desk({.pool = pool, .notices = notices, .clock = clock, .forget_user = {}}),
      users(desk, webhooks),
      identities({.desk = desk, .webhooks = webhooks, .config = config}),
      merges({.desk = desk, .webhooks = webhooks}) {}

std::optional<sql::User> Office::find_user(const std::string& text) {
  auto user = look_up(pool, text);
  if (!user) {
    complain(user.error().detail);
    return std::nullopt;
  }
  if (!*user) complain("there is no user with that id or address: " + text);
  return std::move(*user);
}

admin::Order Office::order(const ChangeOptions& options) {
  return {.actor = {.user = std::nullopt, .name = "cli:" + login_name(), .visitor = {}},
          .reason = options.reason.empty() ? kNoReason : options.reason,
          .dry_run = options.dry_run};
}

// One line, so that `printf '%s\n' "$PASSWORD" |` and a typed line both work.
std::optional<std::string> Office::hash_password_from_stdin(std::string_view email) const {
  std::string line;
  std::getline(std::cin, line);
  const Secret password(line);
  if (const auto fault = password_fault(line, config.accounts, email)) {
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

int Office::tell(const tl::expected<admin::Report, admin::Refusal>& report,
                 const ChangeOptions& options) {
  if (!report) {
    const admin::Refusal& refusal = report.error();
    const ErrorInfo& info = describe(refusal.error.code);
    return complain(refusal.field.empty() ? fmt::format("{} ({})", info.sentence, info.code)
                                          : refusal.field + ": " + refusal.sentence);
  }
  if (options.as_json) {
    fmt::print("{}\n", admin::report_json(*report, options.dry_run));
    return kDone;
  }
  for (const admin::Change& change : report->changes) {
    fmt::print("{}{} user {}{}\n", options.dry_run ? "would do: " : "", change.action, change.user,
               change.provider.empty() ? "" : " " + change.provider + ":" + change.subject);
  }
  if (report->changes.empty()) fmt::print("nothing to change\n");
  for (const std::string& warning : report->warnings) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
  return kDone;
}

}  // namespace latchkey::broker::commands
