// A whole service with a staff member who has just logged in, for the tests of the administration.
#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/json.h"
#include "sql/identities.h"
#include "tests/integration/service.h"
#include "tests/support/must.h"

namespace latchkey::test {

class StaffTest : public testing::Test {
 protected:
  static constexpr const char* kStaff = "staff@example.com";
  static constexpr const char* kPassword = "analytical-engine";

  explicit StaffTest(const Service::Adjust& adjust = {}) : service_(adjust) {
    staff_id_ = service_.add_user({.email = kStaff, .password = kPassword, .staff = true});
    EXPECT_EQ(log_in(staff_, kStaff, kPassword).status, 200);
  }

  // As the staff member, with the CSRF token and this body.
  Answer change(const std::string& method, const std::string& path, const std::string& body) {
    return change_as(staff_, method, path, body);
  }
  static Answer change_as(Browser& browser, const std::string& method, const std::string& path,
                          const std::string& body) {
    return browser.send(method, path, body, {{"X-CSRFToken", browser.cookies["csrftoken"]}});
  }
  // A body with a reason; `members` is what stands beside it, e.g. R"("into":2)".
  static std::string because(const std::string& members = "") {
    return R"({"reason":"asked by telephone")" + (members.empty() ? "" : "," + members) + "}";
  }
  Answer post(const std::string& path, const std::string& members = "") {
    return change("POST", path, because(members));
  }
  Answer patch(const std::string& path, const std::string& members) {
    return change("PATCH", path, because(members));
  }
  Answer remove(const std::string& path, const std::string& members = "") {
    return change("DELETE", path, because(members));
  }
  static std::string user_path(sql::UserId user, const std::string& rest = "") {
    return "/api/admin/users/" + std::to_string(user) + "/" + rest;
  }
  static JsonDocument json(const Answer& answer) {
    auto document = JsonDocument::parse(answer.body);
    if (!document) throw std::runtime_error("no JSON: " + answer.body);
    return std::move(*document);
  }

  sql::IdentityRow link(sql::UserId user, const std::string& provider, const std::string& subject) {
    must(sql::identities::insert(*database_, {.user_id = user,
                                              .provider = provider,
                                              .subject = subject,
                                              .linked_at = service_.clock.now()}));
    return *find(provider, subject);
  }
  std::optional<sql::IdentityRow> find(const std::string& provider, const std::string& subject) {
    return must(sql::identities::find(*database_, provider, subject));
  }
  sql::User user(sql::UserId id) { return *must(sql::users::find_by_id(*database_, id)); }
  void make_superuser(sql::UserId user) {
    constexpr sql::Statement kPromote = {.name = "test.promote",
                                         .text =
                                             "UPDATE users SET is_superuser = true,"
                                             " is_staff = true WHERE id = $1"};
    must(database_->execute(kPromote, sql::Parameters().int64(user)));
  }
  // The first column of whatever `query`, a literal, finds.
  std::vector<std::string> column(const char* query) {
    return must(database_->execute({.name = query, .text = query})).all([](const sql::Row& row) {
      return row.text(0);
    });
  }

  // Everything the database holds, table by table: what a dry run must leave as it was.
  std::map<std::string, std::string> contents() const {
    const auto db = service_.database();  // which remembers statements by pointers
    constexpr sql::Statement kTables = {
        .name = "test.tables",
        .text = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"};
    constexpr const char* kText = "coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')";
    std::map<std::string, std::string> contents;
    const sql::Rows tables = must(db->execute(kTables));
    for (int i = 0; i < tables.size(); ++i) {
      const std::string table = tables[i].text(0);
      const std::string name = "test.contents_" + table;
      const std::string text = std::string("SELECT ") + kText + " FROM " + table + " AS t";
      contents[table] = must(db->execute({.name = name.c_str(), .text = text.c_str()}))[0].text(0);
    }
    return contents;
  }

  Service service_;
  std::unique_ptr<sql::Connection> database_ = service_.database();
  Browser staff_ = service_.browser();
  sql::UserId staff_id_ = 0;
};

}  // namespace latchkey::test
