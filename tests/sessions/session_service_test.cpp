// SessionService over a real PostgreSQL.
#include "sessions/session_service.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "sessions/batched_lookup.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"
#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::sessions {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::must;

class Sessions : public testing::Test {
 protected:
  void SetUp() override { user_ = add_user("ada@example.com"); }

  sql::UserId add_user(const std::string& email) {
    return must(sql::users::insert(*connection_, {.email = email, .created_at = clock_.now()})).id;
  }
  IssuedSession issue(IssueRequest request = {}) {
    if (request.user_id == 0) request.user_id = user_;
    if (request.method.empty()) request.method = "password";
    return must(service_.issue(*connection_, request));
  }
  SessionPtr check(const std::string& token) { return check_at(service_, token); }
  static SessionPtr check_at(SessionService& service, const std::string& token) {
    return must(service.check_now(token));
  }
  TimePoint stored_last_seen(const IssuedSession& session) {
    constexpr sql::Statement kLastSeen = {
        .name = "test.last_seen",
        .text = "SELECT last_seen_at FROM sessions WHERE token_hash = $1"};
    return must(connection_->execute(kLastSeen, sql::Parameters().bytes(session.token_hash)))[0]
        .timestamp(0);
  }
  std::int64_t stored_sessions() {
    constexpr sql::Statement kCount = {.name = "test.count",
                                       .text = "SELECT count(*) FROM sessions"};
    return must(connection_->execute(kCount))[0].int64(0);
  }
  void disable(sql::UserId user) {
    constexpr sql::Statement kDisable = {.name = "test.disable",
                                         .text = "UPDATE users SET disabled_at = $2 WHERE id = $1"};
    must(connection_->execute(kDisable, sql::Parameters().int64(user).timestamp(clock_.now())));
  }

  test::FakeClock clock_;
  test::FakeRandom random_;
  config::Session config_;
  test::TestDatabase database_;
  std::unique_ptr<sql::Connection> connection_ = database_.connect();
  sql::Pool pool_{database_.pool_options()};
  BatchedLookup lookup_{
      {.database_url = database_.pool_options().url, .idle_timeout = config_.idle_timeout}, clock_};
  SessionService service_{pool_, lookup_, config_, clock_, random_};
  sql::UserId user_ = 0;
};

TEST_F(Sessions, IssuedSessionIsLive) {
  const IssuedSession issued = issue({.method = "github",
                                      .remember = true,
                                      .ip = "2001:db8::1",
                                      .user_agent = "Mozilla/5.0 (X11)"});
  const auto live = check(issued.token);
  ASSERT_TRUE(live);
  EXPECT_EQ(live->token_hash, issued.token_hash);
  EXPECT_EQ(live->user.id, user_);
  EXPECT_EQ(live->user.email, "ada@example.com");
  EXPECT_EQ(live->session.method, "github");
  EXPECT_EQ(live->session.ip, "2001:db8::1");
  EXPECT_EQ(live->session.user_agent, "Mozilla/5.0 (X11)");
  EXPECT_EQ(live->session.created_at, clock_.now());
  EXPECT_EQ(live->session.authenticated_at, clock_.now());
  EXPECT_TRUE(live->session.remember);
  EXPECT_TRUE(service_.recently_authenticated(*live));
}

TEST_F(Sessions, TokenHas256BitsAndIsNewEachTime) {
  const IssuedSession one = issue();
  const IssuedSession two = issue();
  EXPECT_THAT(one.token, testing::MatchesRegex("[-_a-zA-Z0-9]{43}"));
  EXPECT_NE(one.token, two.token);
  EXPECT_TRUE(check(one.token));
  EXPECT_TRUE(check(two.token));
}

TEST_F(Sessions, StoredHashIsNotTheToken) {
  const IssuedSession issued = issue();
  EXPECT_EQ(issued.token_hash, sha256(issued.token));
  constexpr sql::Statement kHolds = {
      .name = "test.holds",
      .text = "SELECT count(*) FROM sessions WHERE sessions::text LIKE '%' || $1::text || '%'"};
  const auto holds = [&](const std::string& text) {
    return must(connection_->execute(kHolds, sql::Parameters().text(text)))[0].int64(0);
  };
  EXPECT_EQ(holds(issued.token), 0);
  EXPECT_EQ(holds("password"), 1) << "the query finds nothing at all";
}

TEST_F(Sessions, InventedTokenIsNoSession) {
  issue();
  EXPECT_FALSE(check(random_token(random_)));
}

TEST_F(Sessions, CraftedUserAgentDoesNotFailTheLogin) {
  const IssuedSession issued =
      issue({.ip = "not an address",
             .user_agent = std::string("\0\x1b[31m\xff", 7) + std::string(500, 'x')});
  const auto live = check(issued.token);
  ASSERT_TRUE(live);
  EXPECT_EQ(live->session.user_agent.size(), 400U);
  EXPECT_EQ(live->session.user_agent.find('\x1b'), std::string::npos);
  EXPECT_EQ(live->session.ip, "");
}

TEST_F(Sessions, SessionStandsOrFallsWithTheTransaction) {
  std::string token;
  {
    auto transaction = must(sql::Transaction::begin(*connection_));
    token = must(service_.issue(transaction.connection(), {.user_id = user_, .method = "password"}))
                .token;
  }
  EXPECT_FALSE(check(token));
}

TEST_F(Sessions, IdleSessionIsRefused) {
  const IssuedSession issued = issue({.remember = true});
  clock_.advance(hours(24) - seconds(1));
  ASSERT_TRUE(check(issued.token)) << "and is seen again";
  must(service_.flush_seen());
  clock_.advance(hours(24) - seconds(1));
  ASSERT_TRUE(check(issued.token));
  must(service_.flush_seen());
  clock_.advance(hours(24));
  EXPECT_FALSE(check(issued.token));
}

TEST_F(Sessions, RememberedSessionEndsAfterTheAbsoluteTimeout) {
  const IssuedSession issued = issue({.remember = true});
  EXPECT_EQ(issued.expires_at, clock_.now() + hours(14 * 24));
  for (int i = 0; i < 14 * 2 - 1; ++i) {
    clock_.advance(hours(12));
    ASSERT_TRUE(check(issued.token)) << i;
    must(service_.flush_seen());
  }
  clock_.advance(hours(12));
  EXPECT_FALSE(check(issued.token));
}

TEST_F(Sessions, BrowserSessionEndsAfterTwelveHours) {
  const IssuedSession issued = issue({.remember = false});
  EXPECT_EQ(issued.expires_at, clock_.now() + hours(12));
  clock_.advance(hours(12) - seconds(1));
  EXPECT_TRUE(check(issued.token));
  clock_.advance(seconds(1));
  EXPECT_FALSE(check(issued.token));
}

TEST_F(Sessions, BrowserSessionNeverOutlivesARememberedOne) {
  config_.absolute_timeout = hours(1);
  EXPECT_EQ(issue({.remember = false}).expires_at, clock_.now() + hours(1));
}

TEST_F(Sessions, SessionOfDisabledUserIsRefused) {
  const IssuedSession issued = issue();
  ASSERT_TRUE(check(issued.token));
  disable(user_);
  EXPECT_FALSE(check(issued.token));
}

TEST_F(Sessions, EndedSessionIsGoneAndEndingItAgainIsFine) {
  const IssuedSession ended = issue();
  const IssuedSession other = issue();
  must(service_.end(ended.token_hash));
  EXPECT_FALSE(check(ended.token));
  EXPECT_TRUE(check(other.token));
  must(service_.end(ended.token_hash));
  EXPECT_FALSE(must(service_.end_in(*connection_, ended.token_hash)));
  EXPECT_TRUE(must(service_.end_in(*connection_, other.token_hash)));
  EXPECT_FALSE(check(other.token));
}

TEST_F(Sessions, EndingAllSparesOtherUsersAndTheOneNamed) {
  const IssuedSession current = issue();
  const IssuedSession stolen = issue();
  const IssuedSession others = issue({.user_id = add_user("grace@example.com")});
  EXPECT_EQ(must(service_.end_all(*connection_, user_, current.token_hash)), 1);
  EXPECT_TRUE(check(current.token));
  EXPECT_FALSE(check(stolen.token));
  EXPECT_EQ(must(service_.end_all(*connection_, user_, "")), 1);
  EXPECT_FALSE(check(current.token));
  EXPECT_TRUE(check(others.token));
}

TEST_F(Sessions, CheckNeverWrites) {
  const IssuedSession issued = issue();
  clock_.advance(minutes(5));
  ASSERT_TRUE(check(issued.token));
  EXPECT_EQ(stored_last_seen(issued), clock_.now() - minutes(5));
  must(service_.flush_seen());
  EXPECT_EQ(stored_last_seen(issued), clock_.now());
}

TEST_F(Sessions, AnotherInstanceLearnsOfTheSighting) {
  const IssuedSession issued = issue({.remember = true});
  clock_.advance(hours(23));
  ASSERT_TRUE(check(issued.token));
  must(service_.flush_seen());
  clock_.advance(hours(23));
  SessionService another(pool_, lookup_, config_, clock_, random_);
  EXPECT_TRUE(check_at(another, issued.token));
}

// The stored last_seen_at lags a minute behind, which is much under a short time-out.
TEST_F(Sessions, SessionInUseIsNotIdleUnderAShortTimeout) {
  config_.idle_timeout = seconds(60);
  BatchedLookup lookup(
      {.database_url = database_.pool_options().url, .idle_timeout = config_.idle_timeout}, clock_);
  SessionService service(pool_, lookup, config_, clock_, random_);
  const IssuedSession issued = issue();
  for (int i = 0; i < 20; ++i) {
    clock_.advance(seconds(50));
    ASSERT_TRUE(check_at(service, issued.token)) << i;
    must(service.flush_seen());
    ASSERT_EQ(must(service.sweep()), 0);
  }
  clock_.advance(seconds(60));
  EXPECT_FALSE(check_at(service, issued.token));
}

TEST_F(Sessions, FlushWritesMoreThanOneBatch) {
  constexpr int kMany = 1'200;
  std::vector<IssuedSession> issued;
  {
    auto transaction = must(sql::Transaction::begin(*connection_));
    for (int i = 0; i < kMany; ++i) issued.push_back(issue());
    must(transaction.commit());
  }
  clock_.advance(minutes(2));
  for (const IssuedSession& session : issued) ASSERT_TRUE(check(session.token));
  must(service_.flush_seen());
  constexpr sql::Statement kSeenAt = {
      .name = "test.seen_at", .text = "SELECT count(*) FROM sessions WHERE last_seen_at = $1"};
  const auto seen = must(connection_->execute(kSeenAt, sql::Parameters().timestamp(clock_.now())));
  EXPECT_EQ(seen[0].int64(0), kMany);
}

// Many requests of the same few sessions, while maintenance writes and log-outs come in between.
TEST_F(Sessions, ChecksAndFlushesFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 50;
  std::vector<IssuedSession> issued;
  issued.reserve(8);
  for (int i = 0; i < 8; ++i) issued.push_back(issue({.remember = true}));
  const IssuedSession leaving = issue();
  std::atomic<int> refused = 0;
  std::atomic<bool> done = false;

  std::vector<std::thread> visitors;
  visitors.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    visitors.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        clock_.advance(seconds(1));
        const auto& session = issued[static_cast<std::size_t>(i + round) % issued.size()];
        const auto answer = service_.check_now(session.token);
        if (!answer || !*answer) ++refused;
      }
    });
  }
  std::thread maintenance([&] {
    while (!done) {
      if (!service_.flush_seen() || !service_.sweep()) ++refused;
    }
  });
  must(service_.end(leaving.token_hash));
  for (std::thread& visitor : visitors) visitor.join();
  done = true;
  maintenance.join();

  EXPECT_EQ(refused, 0);
  EXPECT_FALSE(check(leaving.token));
  clock_.advance(minutes(2));
  for (const auto& session : issued) EXPECT_TRUE(check(session.token));
  must(service_.flush_seen());
  for (const auto& session : issued) EXPECT_EQ(stored_last_seen(session), clock_.now());
}

TEST_F(Sessions, SweepGoesOnUntilABatchIsShort) {
  constexpr int kMany = 2'345;
  constexpr sql::Statement kInsert = {
      .name = "test.insert_many",
      .text =
          "INSERT INTO sessions (token_hash, user_id, created_at, authenticated_at,"
          " last_seen_at, expires_at, sweep_at, remember, method)"
          " SELECT sha256(i::text::bytea), $1, $2, $2, $2, $2, $2, true, 'password'"
          " FROM generate_series(1, $3) AS i"};
  must(connection_->execute(kInsert,
                            sql::Parameters().int64(user_).timestamp(clock_.now()).int64(kMany)));
  const IssuedSession fresh = issue();
  EXPECT_EQ(must(service_.sweep()), kMany);
  EXPECT_TRUE(check(fresh.token));
}

TEST_F(Sessions, SweepRemovesTheExpiredAndTheIdleOnly) {
  issue({.remember = false});  // 12 h
  issue({.remember = true});   // idle after 24 h
  clock_.advance(hours(20));
  const IssuedSession fresh = issue({.remember = true});
  EXPECT_EQ(must(service_.sweep()), 1);
  clock_.advance(hours(4) + minutes(1));
  EXPECT_EQ(must(service_.sweep()), 0) << "its last sighting may be on its way";
  clock_.advance(minutes(2));
  EXPECT_EQ(must(service_.sweep()), 1);
  EXPECT_TRUE(check(fresh.token));
  EXPECT_EQ(stored_sessions(), 1);
}

}  // namespace
}  // namespace latchkey::sessions
