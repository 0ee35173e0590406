#include "broker/commands/office.h"

#include <array>
#include <cstdlib>

#include <pwd.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/try.h"
#include "broker/admin/new_password.h"
#include "broker/admin/staff_gate.h"
#include "broker/commands/password_input.h"
#include "broker/commands/schema.h"
#include "sql/migrations.h"

namespace latchkey::broker::commands {
namespace {

// The reason of a trial, which nobody keeps.
constexpr const char* kPreview = "Preview";

std::string login_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::to_string(geteuid()) : found->pw_name;
}

// "cli:latchkey", or "cli:latchkey (sudo by ada)": an account that several people use says little.
std::string actor_name() {
  constexpr std::size_t kLongest = 64;
  const char* variable = std::getenv("SUDO_USER");  // NOLINT(concurrency-mt-unsafe)
  const std::string_view by = variable == nullptr ? "" : variable;
  std::string name = "cli:" + login_name();
  if (by.empty() || by.size() > kLongest || !is_clean_utf8(by)) return name;
  return name.append(" (sudo by ").append(by).append(")");
}

sql::Outcome<std::optional<sql::User>> look_up(sql::Pool& pool, const std::string& text) {
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, pool.acquire());
  if (const auto id = admin::parse_id(text, ErrorCode::user_unknown)) {
    return sql::users::find_by_id(*lease, *id);
  }
  const auto email = Email::parse(text);
  if (!email) return std::optional<sql::User>();
  return sql::users::find_by_email(*lease, *email);
}

}  // namespace

Attempt<std::unique_ptr<Office>> Office::open(const std::string& config_file) {
  LATCHKEY_TRY_ASSIGN(config::Config config, load(config_file));
  LATCHKEY_TRY_ASSIGN(const auto connection,
                      sql::Connection::open(config.database.url, sql::kMigrationTimeouts));
  LATCHKEY_TRY(use_schema(*connection));
  return std::make_unique<Office>(std::move(config));
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

Attempt<sql::User> Office::find_user(const std::string& text) {
  LATCHKEY_TRY_ASSIGN(auto user, look_up(pool, text));
  if (user) return *std::move(user);
  return complain(kRefused, "There is no user with the id or address " + text +
                                "; `latchkey user list --search` finds parts of both.");
}

Attempt<admin::UserDetail> Office::read_detail(sql::UserId user) {
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, pool.acquire());
  LATCHKEY_TRY_ASSIGN(admin::UserDetail detail,
                      admin::read_detail(*lease, user, clock.now(), config.session.idle_timeout));
  return detail;
}

Attempt<std::string> Office::read_password_hash(const std::string& email) const {
  LATCHKEY_TRY_ASSIGN(const Secret password, read_password());
  sessions::PasswordHasher hasher({.threads = 1});
  LATCHKEY_TRY_ASSIGN(std::string hash,
                      admin::hash_new_password(hasher, config.accounts, password, email));
  return hash;
}

admin::Order Office::order(const ChangeOptions& options) {
  const bool needs_none = options.dry_run && options.reason.empty();
  return {.actor = {.user = std::nullopt, .name = actor_name(), .visitor = {}},
          .reason = needs_none ? kPreview : options.reason,
          .dry_run = options.dry_run};
}

}  // namespace latchkey::broker::commands
