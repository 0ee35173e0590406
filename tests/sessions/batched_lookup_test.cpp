// BatchedLookup over a real PostgreSQL.
#include "sessions/batched_lookup.h"

#include <condition_variable>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "sql/users.h"
#include "tests/support/fake_clock.h"
#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::sessions {
namespace {

using std::chrono::hours;
using test::must;

// Counts the answers of look-ups, which come on another thread.
class Answers {
 public:
  SessionLookup::Callback expect(std::string name) {
    return [this, name = std::move(name)](const SessionLookup::Answer& answer) {
      const std::lock_guard lock(mutex_);
      answers_.emplace(name, answer);
      came_.notify_all();
    };
  }
  // All of them, once there are `count`.
  std::multimap<std::string, SessionLookup::Answer> wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return answers_.size() >= count; });
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::multimap<std::string, SessionLookup::Answer> answers_;
};

class BatchedLookupTest : public testing::Test {
 protected:
  BatchedLookup::Options options() const {
    return {.database_url = database_.pool_options().url, .idle_timeout = hours(1)};
  }
  sql::UserId add_user(const std::string& email) {
    return must(sql::users::insert(*connection_, {.email = email, .created_at = clock_.now()})).id;
  }
  void add_session(sql::UserId user, const std::string& token) {
    must(sql::sessions::insert(*connection_, {.token_hash = sha256(token),
                                              .user_id = user,
                                              .created_at = clock_.now(),
                                              .expires_at = clock_.now() + hours(1),
                                              .method = "password"}));
  }
  void add_identity(sql::UserId user, const std::string& provider) {
    must(sql::identities::insert(*connection_, {.user_id = user,
                                                .provider = provider,
                                                .subject = provider + std::to_string(user),
                                                .linked_at = clock_.now()}));
  }

  test::FakeClock clock_;
  test::TestDatabase database_;
  std::unique_ptr<sql::Connection> connection_ = database_.connect();
  Answers answers_;
};

TEST_F(BatchedLookupTest, EachLookUpGetsItsOwnSessionWithUserAndIdentities) {
  const sql::UserId ada = add_user("ada@example.com");
  const sql::UserId grace = add_user("grace@example.com");
  add_session(ada, "a1");
  add_session(ada, "a2");
  add_session(grace, "g");
  add_identity(ada, "github");
  add_identity(ada, "google");

  BatchedLookup lookup(options(), clock_);
  for (const char* token : {"a1", "g", "a2", "nobody", "a1"}) {
    lookup.find(sha256(token), answers_.expect(token));
  }
  const auto answers = answers_.wait(5);
  EXPECT_EQ(answers.count("a1"), 2U);
  for (const auto& [token, answer] : answers) {
    ASSERT_TRUE(answer) << token;
    if (token == "nobody") {
      EXPECT_EQ(*answer, nullptr);
      continue;
    }
    const LiveSession& live = **answer;
    EXPECT_EQ(live.token_hash, sha256(token));
    EXPECT_EQ(live.user.id, token == "g" ? grace : ada) << token;
    EXPECT_EQ(live.session.user_id, live.user.id);
    std::vector<std::string> providers;
    for (const auto& identity : live.identities) providers.push_back(identity.provider);
    EXPECT_EQ(providers, token == "g" ? std::vector<std::string>{}
                                      : (std::vector<std::string>{"github", "google"}))
        << token;
  }
}

TEST_F(BatchedLookupTest, MoreThanABatchAreAllAnswered) {
  const sql::UserId ada = add_user("ada@example.com");
  auto options = this->options();
  options.max_batch = 4;
  BatchedLookup lookup(options, clock_);
  for (int i = 0; i < 50; ++i) add_session(ada, std::to_string(i));
  for (int i = 0; i < 50; ++i) lookup.find(sha256(std::to_string(i)), answers_.expect("known"));
  for (const auto& [name, answer] : answers_.wait(50)) {
    EXPECT_TRUE(answer && *answer) << name;
  }
}

TEST_F(BatchedLookupTest, AConnectionThatTheServerClosedIsReplaced) {
  add_session(add_user("ada@example.com"), "a");
  BatchedLookup lookup(options(), clock_);
  lookup.find(sha256("a"), answers_.expect("before"));
  answers_.wait(1);
  // Answers when the backends are gone.
  constexpr sql::Statement kEnd = {
      .name = "test.end",
      .text =
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
          " WHERE datname = current_database() AND pid <> pg_backend_pid()"};
  EXPECT_GE(must(connection_->execute(kEnd)).size(), 1);
  lookup.find(sha256("a"), answers_.expect("after"));
  EXPECT_TRUE(answers_.wait(2).find("after")->second);
}

TEST_F(BatchedLookupTest, AStoreThatIsAwayIsAFaultForAllThatWait) {
  auto options = this->options();
  options.database_url = Secret("postgresql://127.0.0.1:1/none");
  BatchedLookup lookup(options, clock_);
  for (int i = 0; i < 20; ++i) lookup.find(sha256("a"), answers_.expect("a"));
  for (const auto& [name, answer] : answers_.wait(20)) {
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
  }
}

// A slow database must not make the queue grow without end.
TEST_F(BatchedLookupTest, AFullQueueIsAnsweredAtOnce) {
  const sql::UserId ada = add_user("ada@example.com");
  add_session(ada, "a");
  auto options = this->options();
  options.max_queued = 2;
  BatchedLookup lookup(options, clock_);
  lookup.find(sha256("a"), answers_.expect("first"));
  answers_.wait(1);
  must(connection_->execute_script("BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE"));
  // One is being asked for, perhaps not yet; two wait; the others find no room.
  for (int i = 0; i < 6; ++i) lookup.find(sha256("a"), answers_.expect("many"));
  int busy = 0;
  for (const auto& [name, answer] : answers_.wait(1 + 3)) {
    if (!answer && answer.error().code == ErrorCode::server_busy) ++busy;
  }
  EXPECT_GE(busy, 3);
  must(connection_->execute_script("COMMIT"));
  for (const auto& [name, answer] : answers_.wait(7)) {
    EXPECT_TRUE(answer || answer.error().code == ErrorCode::server_busy) << name;
  }
}

TEST_F(BatchedLookupTest, StoppingAnswersEverybody) {
  BatchedLookup lookup(options(), clock_);
  for (int i = 0; i < 5; ++i) lookup.find(sha256("a"), answers_.expect("waiting"));
  lookup.stop();
  lookup.find(sha256("a"), answers_.expect("late"));
  const auto answers = answers_.wait(6);
  const auto& late = answers.find("late")->second;
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::store_unavailable);
}

}  // namespace
}  // namespace latchkey::sessions
