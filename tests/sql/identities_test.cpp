#include "sql/identities.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/try.h"
#include "tests/sql/times.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using test::in_parallel;
using test::must;

class IdentitiesTest : public testing::Test {
 protected:
  UserId insert_user(const std::string& email) {
    return must(users::insert(*connection_, {.email = email, .created_at = kNow})).id;
  }
  Outcome<IdentityRow> insert(const std::string& provider, const std::string& subject) {
    LATCHKEY_TRY(identities::insert(*connection_, {.user_id = user_,
                                                   .provider = provider,
                                                   .subject = subject,
                                                   .email = "ada@example.com",
                                                   .email_verified = true,
                                                   .linked_at = kNow}));
    return *must(identities::find(*connection_, provider, subject));
  }

  test::TestDatabase database_;
  std::unique_ptr<Connection> connection_ = database_.connect();
  UserId user_ = insert_user("ada@example.com");
};

TEST_F(IdentitiesTest, InsertedIdentityIsFoundAsItWas) {
  const IdentityRow identity = must(insert("github", "1234567"));
  EXPECT_EQ(identity.user_id, user_);
  EXPECT_EQ(identity.provider, "github");
  EXPECT_EQ(identity.subject, "1234567");
  EXPECT_EQ(identity.email, "ada@example.com");
  EXPECT_TRUE(identity.email_verified);
  EXPECT_EQ(identity.linked_at, kNow);
  EXPECT_EQ(identity.last_used_at, kNow);
}

// A subject that only looks the same must not open somebody else's account.
TEST_F(IdentitiesTest, SubjectsThatOnlyLookAlikeAreStrangers) {
  must(insert("oidc", "Ada"));
  for (const std::string subject :
       {"ada", "Ada ", " Ada", "\xc3\x81 da", "Ada\xcc\x81", "%", "A_a", "' OR '1'='1", "Ad"}) {
    EXPECT_FALSE(must(identities::find(*connection_, "oidc", subject))) << subject;
    EXPECT_TRUE(insert("oidc", subject)) << subject;
    EXPECT_EQ(must(identities::find(*connection_, "oidc", subject))->subject, subject);
  }
  EXPECT_FALSE(must(identities::find(*connection_, "OIDC", "Ada")));
}

TEST_F(IdentitiesTest, TwentyParallelLinksOfOneIdentityMakeOne) {
  std::vector<UserId> owners;
  owners.reserve(20);
  for (int i = 0; i < 20; ++i) owners.push_back(insert_user(std::to_string(i) + "@example.com"));
  std::atomic<int> linked = 0;
  std::atomic<int> conflicts = 0;
  in_parallel(20, [&](int i) {
    const UserId owner = owners[static_cast<std::size_t>(i)];
    const auto connection = database_.connect();
    const auto identity = identities::insert(
        *connection, {.user_id = owner, .provider = "google", .subject = "s", .linked_at = kNow});
    if (identity) {
      ++linked;
    } else if (identity.error().kind == FailureKind::unique_violation) {
      ++conflicts;
    }
  });
  EXPECT_EQ(linked, 1);
  EXPECT_EQ(conflicts, 19);
}

TEST_F(IdentitiesTest, SubjectMustBeThereAndNotEndless) {
  EXPECT_FALSE(insert("github", ""));
  EXPECT_TRUE(insert("github", std::string(255, 's')));
  EXPECT_FALSE(insert("github", std::string(256, 's')));
}

TEST_F(IdentitiesTest, UseIsRecordedWithWhatTheProviderSaysNow) {
  IdentityRow linked = must(insert("github", "1"));
  const TimePoint later = kNow + std::chrono::hours(1);
  EXPECT_TRUE(must(identities::record_use(*connection_, linked, "new@example.com", false, later)));
  const auto identity = must(identities::find(*connection_, "github", "1")).value();
  EXPECT_EQ(identity.email, "new@example.com");
  EXPECT_FALSE(identity.email_verified);
  EXPECT_EQ(identity.linked_at, kNow);
  EXPECT_EQ(identity.last_used_at, later);
  linked.user_id = insert_user("other@example.com");
  EXPECT_FALSE(
      must(identities::record_use(*connection_, linked, "theirs@example.com", true, later)))
      << "it is no longer the user's who is about to come in by it";
}

TEST_F(IdentitiesTest, ListAndCountAreOfOneUserOldestFirst) {
  const UserId other = insert_user("other@example.com");
  must(insert("google", "1"));
  must(identities::insert(
      *connection_, {.user_id = other, .provider = "github", .subject = "2", .linked_at = kNow}));
  must(insert("facebook", "3"));
  const auto list = must(identities::list_of_user(*connection_, user_));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].provider, "google");
  EXPECT_EQ(list[1].provider, "facebook");
  EXPECT_EQ(must(identities::count_of_user(*connection_, user_)), 2);
  EXPECT_EQ(must(identities::count_of_user(*connection_, other)), 1);
}

TEST_F(IdentitiesTest, RemovalTakesOneOrAllOfOneUser) {
  const UserId other = insert_user("other@example.com");
  must(identities::insert(
      *connection_, {.user_id = other, .provider = "github", .subject = "2", .linked_at = kNow}));
  const std::int64_t id = must(insert("google", "1")).id;
  must(insert("google", "2"));
  EXPECT_TRUE(must(identities::remove(*connection_, id)));
  EXPECT_FALSE(must(identities::remove(*connection_, id)));
  EXPECT_EQ(must(identities::count_of_user(*connection_, user_)), 1);
  must(identities::remove_all_of_user(*connection_, user_));
  EXPECT_EQ(must(identities::count_of_user(*connection_, user_)), 0);
  EXPECT_EQ(must(identities::count_of_user(*connection_, other)), 1);
}

TEST_F(IdentitiesTest, GoWithTheirUser) {
  must(insert("google", "1"));
  must(connection_->execute_script("DELETE FROM users"));
  EXPECT_FALSE(must(identities::find(*connection_, "google", "1")));
}

}  // namespace
}  // namespace latchkey::sql
