// Users who came with the password hashes of a Django application (DESIGN section 9): they log in
// with the password they have, and their hash becomes one of ours.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sessions/password_hasher.h"
#include "sql/users.h"
#include "tests/integration/service.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using testing::StartsWith;

constexpr const char* kEmail = "ada@example.com";
// Made by Django, as tests/sessions/django_encodings_test.cpp says.
constexpr const char* kPassword = "correct horse é";
constexpr const char* kPbkdf2 =
    "pbkdf2_sha256$260000$NdiQuVnMhgmooaOmIljEka$b7na/+6HzI59Bd8+ez3X51u4NXxmFAuS19LTEMNbzew=";
constexpr const char* kOurs = "$argon2id$v=19$m=19456,t=2,p=1$";

class DjangoPasswords : public testing::Test {
 protected:
  DjangoPasswords() : user_(service_.add_user({.email = kEmail})) { store(kPbkdf2); }

  void store(const std::string& encoded) {
    must(sql::users::set_password_hash(*database_, user_, encoded));
  }
  std::string stored() {
    return must(sql::users::find_by_id(*database_, user_)).value().password_hash.value_or("");
  }
  int log_in_status(const std::string& password) {
    Browser browser = service_.browser();
    return log_in(browser, kEmail, password).status;
  }

  Service service_;
  std::unique_ptr<sql::Connection> database_ = service_.database();
  sql::UserId user_;
};

TEST_F(DjangoPasswords, FirstLoginReplacesTheHashAndThePasswordStays) {
  for (const char* encoded :
       {kPbkdf2, "pbkdf2_sha1$260000$bFgedJVdQq8GbnROTj8mE6$AooyC7kZpdU/dFjnzYm9Vofqcqc=",
        "argon2$argon2id$v=19$m=102400,t=2,p=8$UFBRZTJBbmt1cE9Nck40MUxZZXZ3Ug$"
        "dH4jtlOpUZvlLv75l6b28g",
        "scrypt$16384$Kd8uZt0ZgKqUyl9fYw1Vbn$8$1$Ry8rLMaSC4PY6okLUjgoCV2Vis/"
        "UluslrUElJfvwDeNpdZbMyekg3iYTEFj38KGdJrBliXarvvnDT6PvBEKzyQ==",
        "bcrypt_sha256$$2b$12$f.4cGHjkWuVomKITYJCIFOnOP/ItMxK27s7Z8Vy6l.6b/nwpb6KTC",
        "bcrypt$$2b$12$BJ1aHkVWvubsWaL1S9R//uoPUwWFUtJLCLPcWmUUgRZeeJJiUKkWG"}) {
    store(encoded);
    EXPECT_EQ(log_in_status(kPassword), 200) << encoded;
    const std::string replaced = stored();
    EXPECT_THAT(replaced, StartsWith(kOurs)) << encoded;
    EXPECT_EQ(log_in_status(kPassword), 200) << "after the upgrade of " << encoded;
    EXPECT_EQ(stored(), replaced) << "what is ours already was made again";
  }
}

TEST_F(DjangoPasswords, WrongPasswordChangesNothing) {
  EXPECT_EQ(log_in_status("correct horse e"), 400);
  EXPECT_EQ(log_in_status(kPbkdf2), 400) << "the hash is not the password";
  EXPECT_EQ(stored(), kPbkdf2);
  EXPECT_EQ(service_.count("sessions"), 0);
}

TEST_F(DjangoPasswords, UnusableAndHostileRowsAnswerLikeAWrongPassword) {
  for (const char* encoded :
       {"!g0Nyg3K8HN5rZq85zta5UB1k2U4EEgWIzs01ChI1", "pbkdf2_sha256$4000000000$x$AAAA",
        "bcrypt$$2b$31$BJ1aHkVWvubsWaL1S9R//uoPUwWFUtJLCLPcWmUUgRZeeJJiUKkWG"}) {
    store(encoded);
    Browser browser = service_.browser();
    EXPECT_EQ(log_in(browser, kEmail, kPassword).code(), "invalid_credentials") << encoded;
    EXPECT_EQ(stored(), encoded);
  }
}

TEST_F(DjangoPasswords, LoginsAtTheSameTimeAllEnter) {
  std::vector<std::future<int>> logins;
  for (int i = 0; i < 4; ++i) {
    logins.push_back(std::async(std::launch::async, [this] { return log_in_status(kPassword); }));
  }
  for (auto& login : logins) EXPECT_EQ(login.get(), 200);
  EXPECT_THAT(stored(), StartsWith(kOurs));
  EXPECT_EQ(service_.count("sessions"), 4);
}

// The row is held by a change of password from before the login until the login waits for it.
TEST_F(DjangoPasswords, ChangeOfPasswordAtTheSameTimeWins) {
  sessions::PasswordHasher hasher({.threads = 1});
  const std::string changed = must(hasher.hash(Secret("another password")));

  auto transaction = must(sql::Transaction::begin(*database_));
  must(sql::users::set_password_hash(transaction.connection(), user_, changed));
  // A write waits for the next statement of its transaction.
  must(sql::users::find_by_id(transaction.connection(), user_));
  auto login = std::async(std::launch::async, [this] { return log_in_status(kPassword); });
  const auto observer = service_.database();
  const sql::Statement waiting{
      "test_waiting",
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
      " AND wait_event_type = 'Lock'"};
  while (must(observer->execute(waiting))[0].int64(0) == 0) {
    ASSERT_EQ(login.wait_for(std::chrono::seconds(0)), std::future_status::timeout)
        << "the login did not wait for the row";
  }
  must(transaction.commit());

  EXPECT_EQ(login.get(), 400);
  EXPECT_EQ(stored(), changed);
  EXPECT_EQ(service_.count("sessions"), 0);
  EXPECT_EQ(log_in_status("another password"), 200);
}

}  // namespace
}  // namespace latchkey::test
