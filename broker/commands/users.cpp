#include <fmt/core.h>

#include "base/encoding.h"
#include "broker/admin/user_finder.h"
#include "broker/admin/user_json.h"
#include "broker/commands/office.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker::commands {
namespace {

constexpr const char* kUserLine = "{:>8}  {:<40}  {:<10}  {:<8}  {}\n";

void print_user(const sql::User& user, bool as_json) {
  if (as_json) {
    JsonWriter json;
    admin::write_listed_user(json, user);
    fmt::print("{}\n", json.text());
    return;
  }
  fmt::print(kUserLine, user.id, user.email, user.email_verified() ? "verified" : "unverified",
             user.disabled()       ? "DISABLED"
             : user.is_staff       ? "staff"
             : user.has_password() ? "password"
                                   : "",
             user.name);
}

void print_detail(const admin::UserDetail& detail) {
  print_user(detail.user, false);
  for (const sql::IdentityRow& identity : detail.identities) {
    fmt::print("  identity {:>6}  {}:{}  {}  linked {}\n", identity.id, identity.provider,
               identity.subject, identity.email, rfc3339(identity.linked_at));
  }
  for (const sql::SessionRow& session : detail.sessions) {
    fmt::print("  session {:>7}  {}  last seen {}  {}\n", session.id, session.method,
               rfc3339(session.last_seen_at), session.ip);
  }
  for (const sql::AuditEntry& entry : detail.audit) {
    fmt::print("  {}  {}  {}  {}\n", rfc3339(entry.event.at), entry.event.action, entry.event.actor,
               entry.event.reason);
  }
}

// The office and the user of a command about one user; null, with the code to leave with, if either
// is not to be had.
struct Case {
  std::unique_ptr<Office> office;
  sql::User user;
  int exit_code = kDone;
};
Case open_case(const std::string& config_file, const std::string& who) {
  Case about;
  about.office = Office::open(config_file, about.exit_code);
  if (!about.office) return about;
  auto user = about.office->find_user(who);
  if (!user) return {.office = nullptr, .exit_code = kFailed};
  about.user = std::move(*user);
  return about;
}

Result<admin::UserDetail> read_detail(Office& office, sql::UserId id) {
  const auto lease = office.pool.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  return admin::read_detail(**lease, id, office.clock.now(), office.config.session.idle_timeout);
}

}  // namespace

int create_user(const std::string& config_file, const CreateUser& wanted,
                const ChangeOptions& options) {
  int exit_code = kDone;
  const auto office = Office::open(config_file, exit_code);
  if (!office) return exit_code;
  admin::NewUserRequest request{.email = wanted.email,
                                .name = wanted.name,
                                .verified = !wanted.unverified,
                                .staff = wanted.staff,
                                .superuser = wanted.superuser};
  if (wanted.password_from_stdin) {
    request.password_hash = office->hash_password_from_stdin(wanted.email);
    if (!request.password_hash) return kFailed;
  }
  const auto report = office->users.create(Office::order(options), request);
  if (!report || options.dry_run || options.as_json) return Office::tell(report, options);
  fmt::print("created user {} {}\n", report->changes.front().user, ascii_lower(wanted.email));
  return kDone;
}

int set_password(const std::string& config_file, const std::string& who,
                 const ChangeOptions& options) {
  const Case about = open_case(config_file, who);
  if (!about.office) return about.exit_code;
  const auto hash = about.office->hash_password_from_stdin(about.user.email);
  if (!hash) return kFailed;
  const auto report =
      about.office->users.set_password(Office::order(options), about.user.id, *hash);
  if (!report || options.dry_run || options.as_json) return Office::tell(report, options);
  fmt::print("password set; all sessions of {} ended\n", about.user.email);
  return kDone;
}

int set_disabled(const std::string& config_file, const std::string& who, bool disabled,
                 const ChangeOptions& options) {
  const Case about = open_case(config_file, who);
  if (!about.office) return about.exit_code;
  return Office::tell(
      about.office->users.update(Office::order(options), about.user.id, {.disabled = disabled}),
      options);
}

int list_users(const std::string& config_file, const ListUsers& wanted) {
  int exit_code = kDone;
  const auto office = Office::open(config_file, exit_code);
  if (!office) return exit_code;
  const auto lease = office->pool.acquire();
  if (!lease) return complain(lease.error().detail);
  admin::UserQuery query{.search = wanted.search, .filter = {}, .page = {}};
  if (!wanted.provider.empty()) query.filter.provider = wanted.provider;
  if (wanted.disabled) query.filter.disabled = true;
  if (wanted.staff) query.filter.staff = true;
  do {
    auto page = admin::find_users(**lease, query);
    if (!page) return complain(describe(page.error().code).sentence);
    for (const sql::User& user : page->users) print_user(user, wanted.as_json);
    query.page = std::move(page->next).value_or("");
  } while (!query.page.empty());
  return kDone;
}

int show_user(const std::string& config_file, const std::string& who, bool as_json) {
  const Case about = open_case(config_file, who);
  if (!about.office) return about.exit_code;
  const auto detail = read_detail(*about.office, about.user.id);
  if (!detail) return complain(describe(detail.error().code).sentence);
  if (as_json) {
    fmt::print("{}\n", admin::detail_json(*detail));
  } else {
    print_detail(*detail);
  }
  return kDone;
}

int user_sessions(const std::string& config_file, const std::string& who, const EndSessions& end,
                  const ChangeOptions& options) {
  const Case about = open_case(config_file, who);
  if (!about.office) return about.exit_code;
  if (end.all || end.session) {
    return Office::tell(
        about.office->users.end_sessions(Office::order(options), about.user.id, end.session),
        options);
  }
  auto detail = read_detail(*about.office, about.user.id);
  if (!detail) return complain(describe(detail.error().code).sentence);
  if (options.as_json) {
    JsonWriter json;
    admin::write_sessions(json, detail->sessions);
    fmt::print("{}\n", json.text());
    return kDone;
  }
  detail->identities.clear();
  detail->audit.clear();
  print_detail(*detail);
  return kDone;
}

}  // namespace latchkey::broker::commands
