#include "sql/users.h"

#include <atomic>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/sql/times.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using test::in_parallel;
using test::must;

class UsersTest : public testing::Test {
 protected:
  User insert(const std::string& email) {
    return must(users::insert(*connection_, {.email = email, .created_at = kNow}));
  }
  User find(UserId id) { return must(users::find_by_id(*connection_, id)).value(); }

  test::TestDatabase database_;
  std::unique_ptr<Connection> connection_ = database_.connect();
};

TEST_F(UsersTest, InsertedUserIsFoundAsItWas) {
  const User inserted = must(users::insert(*connection_, {.email = "ada@example.com",
                                                          .email_verified_at = kNow,
                                                          .password_hash = "$argon2id$x",
                                                          .name = "Ada \xe2\x9c\x93 O'Hara",
                                                          .avatar_url = "https://a.example/1.png",
                                                          .is_staff = true,
                                                          .is_superuser = true,
                                                          .created_at = kNow}));
  const auto by_email =
      must(users::find_by_email(*connection_, Email::parse("ada@example.com").value()));
  ASSERT_TRUE(by_email);
  for (const User& user : {inserted, find(inserted.id), *by_email}) {
    EXPECT_EQ(user.id, inserted.id);
    EXPECT_EQ(user.email, "ada@example.com");
    EXPECT_EQ(user.email_verified_at, kNow);
    EXPECT_EQ(user.password_hash, "$argon2id$x");
    EXPECT_EQ(user.name, "Ada \xe2\x9c\x93 O'Hara");
    EXPECT_EQ(user.avatar_url, "https://a.example/1.png");
    EXPECT_TRUE(user.is_staff);
    EXPECT_TRUE(user.is_superuser);
    EXPECT_EQ(user.disabled_at, std::nullopt);
    EXPECT_EQ(user.created_at, kNow);
    EXPECT_EQ(user.last_login_at, std::nullopt);
  }
}

TEST_F(UsersTest, LeastUserHasNoPasswordAndNoPowers) {
  const User user = insert("ada@example.com");
  EXPECT_FALSE(user.email_verified());
  EXPECT_FALSE(user.has_password());
  EXPECT_FALSE(user.disabled());
  EXPECT_FALSE(user.is_staff);
  EXPECT_FALSE(user.is_superuser);
}

TEST_F(UsersTest, UnknownUserIsNoFailure) {
  EXPECT_EQ(must(users::find_by_id(*connection_, 1)).has_value(), false);
  const Email nobody = Email::parse("nobody@example.com").value();
  EXPECT_FALSE(must(users::find_by_email(*connection_, nobody)));
  EXPECT_FALSE(must(users::lock_by_id(*connection_, 1)));
  EXPECT_FALSE(must(users::lock_by_email(*connection_, nobody)));
}

TEST_F(UsersTest, TwentyParallelInsertsOfOneEmailMakeOneUser) {
  std::atomic<int> inserted = 0;
  std::atomic<int> conflicts = 0;
  in_parallel(20, [&](int) {
    const auto connection = database_.connect();
    const auto user = users::insert(*connection, {.email = "ada@example.com", .created_at = kNow});
    if (user) {
      ++inserted;
    } else if (user.error().kind == FailureKind::unique_violation) {
      ++conflicts;
    }
  });
  EXPECT_EQ(inserted, 1);
  EXPECT_EQ(conflicts, 19);
}

TEST_F(UsersTest, DatabaseRefusesAddressesThatCouldCompareUnequal) {
  for (const std::string email : {"Ada@example.com", "ada", "@", "a@b@c", "ada @example.com",
                                  "ad\xc3\xa4@example.com", "ada@example.com\n", ""}) {
    const auto user = users::insert(*connection_, {.email = email, .created_at = kNow});
    ASSERT_FALSE(user) << email;
    EXPECT_EQ(user.error().kind, FailureKind::other);
  }
  EXPECT_FALSE(users::insert(*connection_,
                             {.email = std::string(250, 'a') + "@b.example", .created_at = kNow}));
}

TEST_F(UsersTest, LockHoldsTheRowUntilTheTransactionEnds) {
  const User user = insert("ada@example.com");
  const auto other = database_.connect();
  must(other->execute_script("SET lock_timeout = '20ms'"));
  {
    const auto transaction = must(Transaction::begin(*connection_));
    EXPECT_EQ(must(users::lock_by_email(*connection_, Email::parse(user.email).value()))->id,
              user.id);
    EXPECT_FALSE(users::set_staff(*other, user.id, true));
  }
  EXPECT_TRUE(must(users::set_staff(*other, user.id, true)));
  {
    const auto transaction = must(Transaction::begin(*connection_));
    EXPECT_EQ(must(users::lock_by_id(*connection_, user.id))->email, user.email);
    EXPECT_FALSE(users::set_staff(*other, user.id, false));
  }
}

TEST_F(UsersTest, PasswordIsSetAndRemoved) {
  const UserId id = insert("ada@example.com").id;
  must(users::set_password_hash(*connection_, id, "$argon2id$y"));
  EXPECT_EQ(find(id).password_hash, "$argon2id$y");
  must(users::set_password_hash(*connection_, id, std::nullopt));
  EXPECT_FALSE(find(id).has_password());
}

TEST_F(UsersTest, EmailIsMarkedVerified) {
  const UserId id = insert("ada@example.com").id;
  must(users::mark_email_verified(*connection_, id, kNow));
  EXPECT_EQ(find(id).email_verified_at, kNow);
}

TEST_F(UsersTest, LoginFillsWhatIsEmptyAndOverwritesNothing) {
  const UserId id = insert("ada@example.com").id;
  must(users::record_login(*connection_, id, kNow, "Ada", ""));
  must(users::record_login(*connection_, id, kNow - Duration(1), "Mallory", "https://a.example/"));
  const User user = find(id);
  EXPECT_EQ(user.name, "Ada");
  EXPECT_EQ(user.avatar_url, "https://a.example/");
  EXPECT_EQ(user.last_login_at, kNow);  // never backwards
}

TEST_F(UsersTest, NameThatIsNoTextDoesNotFailTheLogin) {
  const UserId id = insert("ada@example.com").id;
  must(users::record_login(*connection_, id, kNow,
                           std::string("A\0\xff", 3) + std::string(999, 'x'),
                           std::string(9999, 'u')));
  EXPECT_EQ(find(id).name, "A??" + std::string(147, 'x'));
  EXPECT_EQ(find(id).avatar_url, "");
}

TEST_F(UsersTest, DisablingAndStaffAreSetAndTakenBack) {
  const UserId id = insert("ada@example.com").id;
  EXPECT_TRUE(must(users::set_disabled(*connection_, id, kNow)));
  EXPECT_TRUE(must(users::set_staff(*connection_, id, true)));
  EXPECT_EQ(find(id).disabled_at, kNow);
  EXPECT_TRUE(find(id).is_staff);
  EXPECT_TRUE(must(users::set_disabled(*connection_, id, std::nullopt)));
  EXPECT_TRUE(must(users::set_staff(*connection_, id, false)));
  EXPECT_FALSE(find(id).disabled());
  EXPECT_FALSE(find(id).is_staff);
  EXPECT_FALSE(must(users::set_disabled(*connection_, id + 1, kNow)));
  EXPECT_FALSE(must(users::set_staff(*connection_, id + 1, true)));
}

}  // namespace
}  // namespace latchkey::sql
