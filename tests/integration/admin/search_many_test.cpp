// Search among so many users that it has to choose its way: whom it finds, in which order, page
// after page, compared with a statement that reads everybody.
#include <gtest/gtest.h>

#include "broker/admin/user_finder.h"
#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::test {
namespace {

using Ids = std::vector<sql::UserId>;

// More users than a walk reaches, and a provider with few of them. "Rare" is in few names, "Old" in
// those of the 300 oldest and the ten newest, "common" in all addresses.
constexpr const char* kUsers = R"sql(
  INSERT INTO users (email, name, created_at, is_staff, disabled_at)
    SELECT 'all' || i || '@common.example',
           CASE WHEN i <= 300 OR i > 21990 THEN 'Old' WHEN i % 2 = 0 THEN 'Person' ELSE '' END
             || CASE WHEN i % 5000 = 1 THEN ' Rare' ELSE '' END,
           now(), i % 1000 = 2, CASE WHEN i % 3 = 1 THEN now() END
    FROM generate_series(1, 22000) AS i;
  INSERT INTO identities (user_id, provider, subject, linked_at)
    SELECT id, CASE WHEN id % 100 = 3 THEN 'few' ELSE 'github' END, 'n' || id, now() FROM users;
  INSERT INTO identities (user_id, provider, subject, linked_at)
    SELECT id, 'github', 'second' || id, now() FROM users WHERE id % 7 = 0;
  ANALYZE users;
  ANALYZE identities;
)sql";

#define MATCHES_FILTER                                       \
  " ($2::boolean IS NULL OR (disabled_at IS NOT NULL) = $2)" \
  " AND ($3::boolean IS NULL OR is_staff = $3)"              \
  " AND ($4 = '' OR id IN (SELECT user_id FROM identities WHERE provider = $4))"

constexpr sql::Statement kHoldPart = {
    .name = "test.hold_part",
    .text =
        "SELECT id FROM users WHERE (position($1 in email) > 0 OR position($1 in lower(name)) > 0)"
        " AND" MATCHES_FILTER " ORDER BY id DESC"};
constexpr sql::Statement kBeginWith = {
    .name = "test.begin_with",
    .text =
        "SELECT id FROM users WHERE (starts_with(email, $1) OR starts_with(lower(name), $1))"
        " AND" MATCHES_FILTER
        " ORDER BY NOT starts_with(email, $1),"
        " CASE WHEN starts_with(email, $1) THEN email ELSE lower(name) END COLLATE \"C\", id"};

class SearchAmongManyTest : public testing::Test {
 protected:
  static constexpr std::size_t kMost = 450;  // of one search; of longer ones the beginning

  SearchAmongManyTest() { must(db_->execute_script(kUsers)); }

  Ids promised(const sql::Statement& statement, const std::string& text,
               const sql::UserFilter& filter) {
    sql::Parameters parameters;
    parameters.text(text);
    for (const auto& flag : {filter.disabled, filter.staff}) {
      flag ? parameters.boolean(*flag) : parameters.null();
    }
    parameters.text(filter.provider.value_or(""));
    Ids ids = must(db_->execute(statement, parameters)).all([](const sql::Row& row) {
      return row.int64(0);
    });
    ids.resize(std::min(ids.size(), kMost));
    return ids;
  }
  // Page after page, all on one connection, so that the plans become generic.
  Ids found(const std::string& text, const sql::UserFilter& filter) {
    Ids ids;
    broker::admin::UserQuery query{.search = text, .filter = filter, .page = {}};
    do {
      const auto page = must(broker::admin::find_users(*db_, query));
      for (const sql::User& user : page.users) ids.push_back(user.id);
      query.page = page.next.value_or("");
      if (page.next) {
        EXPECT_EQ(page.users.size(), broker::admin::kUsersPerPage);
      }
    } while (!query.page.empty() && ids.size() < kMost);
    return ids;
  }
  void compare(const sql::Statement& statement, std::initializer_list<const char*> texts) {
    const std::vector<sql::UserFilter> filters = {
        {},
        {.provider = "github"},
        {.provider = "few"},
        {.provider = "nobody"},
        {.disabled = true},
        {.disabled = false},
        {.staff = true},
        {.provider = "few", .disabled = true},
        {.provider = "github", .disabled = false, .staff = false},
        {.provider = "github", .disabled = true, .staff = true},
    };
    for (const sql::UserFilter& filter : filters) {
      for (const char* text : texts) {
        EXPECT_EQ(found(text, filter), promised(statement, text, filter))
            << text << ", provider " << filter.provider.value_or("-") << ", disabled "
            << filter.disabled.value_or(false) << ", staff " << filter.staff.value_or(false);
      }
    }
  }

  TestDatabase database_;
  std::unique_ptr<sql::Connection> db_ = database_.connect();
};

TEST_F(SearchAmongManyTest, PartsAreFoundOnceNewestFirst) {
  compare(kHoldPart, {"common", "old", "rare", "person", "old rare", "nobody", "l1234"});
}

TEST_F(SearchAmongManyTest, BeginningsAreFoundOnceAddressesFirst) {
  compare(kBeginWith, {"al", "ol", "p", "zz"});
}

}  // namespace
}  // namespace latchkey::test
