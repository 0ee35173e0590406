// A service with a staff member who has just logged in, for the tests of the administration.
#pragma once

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/json.h"
#include "tests/integration/service.h"
#include "tests/support/must.h"

namespace latchkey::test {

class StaffTest : public testing::Test {
 protected:
  static constexpr const char* kStaff = "staff@example.com";
  static constexpr const char* kPassword = "analytical-engine";

  explicit StaffTest(const Service::Adjust& adjust = {}) : service_(adjust) {
    staff_id_ = service_.add_user({.email = kStaff, .password = kPassword, .staff = true});
    log_in(staff_, kStaff, kPassword);
  }

  Answer change(const std::string& method, const std::string& path, const std::string& body) {
    return staff_.send(method, path, body, {{"X-CSRFToken", staff_.cookies["csrftoken"]}});
  }
  static std::string user_path(sql::UserId id) {
    return "/api/admin/users/" + std::to_string(id) + "/";
  }

  // Everything the database holds, table by table: what a dry run must leave as it was.
  std::map<std::string, std::string> contents() const {
    const auto db = service_.database();
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
  Browser staff_ = service_.browser();
  sql::UserId staff_id_ = 0;
};

}  // namespace latchkey::test
