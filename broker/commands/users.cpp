#include <fmt/core.h>

#include "base/try.h"
#include "broker/admin/user_finder.h"
#include "broker/admin/user_json.h"
#include "broker/commands/office.h"
#include "broker/commands/report_text.h"
#include "broker/commands/terminal.h"
#include "broker/commands/user_text.h"

namespace latchkey::broker::commands {
namespace {

// The office and the user of a command about one user.
struct Case {
  std::unique_ptr<Office> office;
  sql::User user;
};
Attempt<Case> open_case(const std::string& config_file, const std::string& who) {
  LATCHKEY_TRY_ASSIGN(auto office, Office::open(config_file));
  LATCHKEY_TRY_ASSIGN(sql::User user, office->find_user(who));
  return Case{.office = std::move(office), .user = std::move(user)};
}

Done update(const std::string& config_file, const std::string& who, const admin::UserUpdate& wanted,
            const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const Case about, open_case(config_file, who));
  return tell(about.office->users.update(Office::order(options), about.user.id, wanted), options);
}

// What a list prints of its rows: a table, or one JSON object a line.
class UserPrinter {
 public:
  explicit UserPrinter(bool as_json) : as_json_(as_json), table_(user_table()) {}
  void print(const sql::User& user) {
    if (!as_json_) return add_user(table_, user);
    JsonWriter json;
    admin::write_listed_user(json, user);
    fmt::print("{}\n", shown_json(json.text()));
  }
  void end_page() { table_.print(); }

 private:
  bool as_json_;
  Table table_;
};

admin::UserQuery query_of(const ListUsers& wanted) {
  admin::UserQuery query{.search = wanted.search, .filter = {}, .page = {}};
  if (!wanted.provider.empty()) query.filter.provider = wanted.provider;
  if (wanted.disabled) query.filter.disabled = true;
  if (wanted.staff) query.filter.staff = true;
  return query;
}

}  // namespace

Done create_user(const std::string& config_file, const CreateUser& wanted,
                 const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const auto office, Office::open(config_file));
  admin::NewUserRequest request{.email = wanted.email,
                                .name = wanted.name,
                                .verified = !wanted.unverified,
                                .staff = wanted.staff,
                                .superuser = wanted.superuser};
  if (wanted.with_password) {
    LATCHKEY_TRY_ASSIGN(request.password_hash, office->read_password_hash(wanted.email));
  }
  return tell(office->users.create(Office::order(options), request), options);
}

Done set_password(const std::string& config_file, const std::string& who,
                  const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const Case about, open_case(config_file, who));
  LATCHKEY_TRY_ASSIGN(const std::string hash, about.office->read_password_hash(about.user.email));
  return tell(about.office->users.set_password(Office::order(options), about.user.id, hash),
              options);
}

Done set_disabled(const std::string& config_file, const std::string& who, bool disabled,
                  const ChangeOptions& options) {
  return update(config_file, who, {.disabled = disabled}, options);
}

Done set_staff(const std::string& config_file, const std::string& who, bool staff,
               const ChangeOptions& options) {
  return update(config_file, who, {.staff = staff}, options);
}

Done list_users(const std::string& config_file, const ListUsers& wanted) {
  LATCHKEY_TRY_ASSIGN(const auto office, Office::open(config_file));
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, office->pool.acquire());
  UserPrinter printer(wanted.as_json);
  admin::UserQuery query = query_of(wanted);
  int printed = 0;
  do {
    LATCHKEY_TRY_ASSIGN(admin::UserPage page, admin::find_users(*lease, query));
    for (const sql::User& user : page.users) {
      if (wanted.limit > 0 && printed == wanted.limit) {
        printer.end_page();
        print_note(fmt::format("There are more than these {}; --limit 0 lists all.", printed));
        return {};
      }
      printer.print(user);
      ++printed;
    }
    printer.end_page();
    query.page = std::move(page.next).value_or("");
  } while (!query.page.empty());
  if (printed == 0) print_note("No user is like that.");
  return {};
}

Done show_user(const std::string& config_file, const std::string& who, bool as_json) {
  LATCHKEY_TRY_ASSIGN(const Case about, open_case(config_file, who));
  LATCHKEY_TRY_ASSIGN(const admin::UserDetail detail, about.office->read_detail(about.user.id));
  if (as_json) {
    fmt::print("{}\n", shown_json(admin::detail_json(detail)));
    return {};
  }
  LATCHKEY_TRY_ASSIGN(const sql::Pool::Lease lease, about.office->pool.acquire());
  constexpr int kLatestMerges = 20;
  LATCHKEY_TRY_ASSIGN(const auto merges,
                      sql::merges::list(*lease, about.user.id, 0, kLatestMerges));
  print_detail(detail, merges);
  return {};
}

Done list_sessions(const std::string& config_file, const std::string& who, bool as_json) {
  LATCHKEY_TRY_ASSIGN(const Case about, open_case(config_file, who));
  LATCHKEY_TRY_ASSIGN(const admin::UserDetail detail, about.office->read_detail(about.user.id));
  Table table = session_table();
  for (const sql::SessionRow& session : detail.sessions) {
    if (!as_json) {
      add_session(table, session);
      continue;
    }
    JsonWriter json;
    admin::write_session(json, session);
    fmt::print("{}\n", shown_json(json.text()));
  }
  table.print();
  if (detail.sessions.empty()) print_note("This user is signed in nowhere.");
  return {};
}

Done revoke_sessions(const std::string& config_file, const std::string& who,
                     const std::optional<std::int64_t>& session, const ChangeOptions& options) {
  LATCHKEY_TRY_ASSIGN(const Case about, open_case(config_file, who));
  return tell(about.office->users.end_sessions(Office::order(options), about.user.id, session),
              options);
}

}  // namespace latchkey::broker::commands
