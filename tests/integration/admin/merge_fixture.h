// Two users to make one, each with a password and an identity.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/admin/staff_test.h"

namespace latchkey::test {

class MergeTest : public StaffTest {
 protected:
  explicit MergeTest(const Service::Adjust& adjust = {}) : StaffTest(adjust) {
    ada_ = service_.add_user({.email = "ada@example.com", .password = kPassword});
    bob_ = service_.add_user({.email = "bob@example.com", .password = "another horse entirely"});
    link(ada_, "github", "ada");
    link(bob_, "google", "bob");
  }

  Answer merge(sql::UserId from, sql::UserId into, const std::string& more = "",
               const std::string& query = "") {
    return post(user_path(from, "merge/" + query),
                R"("into":)" + std::to_string(into) + (more.empty() ? "" : "," + more));
  }
  std::int64_t merged(sql::UserId from, sql::UserId into, const std::string& more = "") {
    const Answer answer = merge(from, into, more);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json(answer).root()["merge_id"].integer().value_or(0);
  }
  Answer undo(std::int64_t merge) {
    return post("/api/admin/merges/" + std::to_string(merge) + "/undo/");
  }
  // Every row that a merge may touch, as text.
  std::vector<std::string> rows() {
    constexpr sql::Statement kRows = {
        .name = "test.rows",
        .text =
            "SELECT users::text FROM users WHERE id <> $1"
            " UNION ALL SELECT identities::text FROM identities"
            " UNION ALL SELECT sessions::text FROM sessions WHERE user_id <> $1"
            " UNION ALL SELECT preauthorised_identities::text FROM preauthorised_identities"
            " ORDER BY 1"};
    return must(database_->execute(kRows, sql::Parameters().int64(staff_id_)))
        .all([](const sql::Row& row) { return row.text(0); });
  }

  sql::UserId ada_ = 0;
  sql::UserId bob_ = 0;
};

}  // namespace latchkey::test
