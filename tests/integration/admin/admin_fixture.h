// A whole service with staff signed in at a browser, for the tests of administrative routes.
#pragma once

#include <gtest/gtest.h>

#include "base/json.h"
#include "sql/identities.h"
#include "tests/integration/service.h"
#include "tests/support/must.h"

namespace latchkey::test {

class AdminTest : public testing::Test {
 protected:
  static constexpr const char* kPassword = "correct horse battery";

  explicit AdminTest(const Service::Adjust& adjust = {}) : service_(adjust) {
    staff_id_ =
        service_.add_user({.email = "staff@example.com", .password = kPassword, .staff = true});
    EXPECT_EQ(log_in(staff_, "staff@example.com", kPassword).status, 200);
  }

  // `members` is what stands in the body beside the reason, e.g. R"("into":2)".
  static std::string because(const std::string& members = "") {
    return R"({"reason":"asked by telephone")" + (members.empty() ? "" : "," + members) + "}";
  }
  static std::string path_of(sql::UserId user, const std::string& rest = "") {
    return "/api/admin/users/" + std::to_string(user) + "/" + rest;
  }
  Answer post(const std::string& path, const std::string& members = "") {
    return staff_.post(path, because(members));
  }
  Answer remove(const std::string& path, const std::string& members = "") {
    return change(staff_, "DELETE", path, members);
  }
  static Answer change(Browser& browser, const std::string& method, const std::string& path,
                       const std::string& members = "") {
    return browser.send(method, path, because(members),
                        {{"X-CSRFToken", browser.cookies["csrftoken"]}});
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
    return *must(sql::identities::find(*database_, provider, subject));
  }
  std::optional<sql::IdentityRow> find(const std::string& provider, const std::string& subject) {
    return must(sql::identities::find(*database_, provider, subject));
  }
  void make_superuser(sql::UserId user) {
    constexpr sql::Statement kPromote = {.name = "test.promote",
                                         .text =
                                             "UPDATE users SET is_superuser = true,"
                                             " is_staff = true WHERE id = $1"};
    must(database_->execute(kPromote, sql::Parameters().int64(user)));
  }

  Service service_;
  std::unique_ptr<sql::Connection> database_ = service_.database();
  sql::UserId staff_id_ = 0;
  Browser staff_ = service_.browser();
};

}  // namespace latchkey::test
