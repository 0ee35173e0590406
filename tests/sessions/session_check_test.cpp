// SessionService::check() over a look-up that answers as a cache might: with what was true a while
// ago. No database is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "sessions/session_service.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"

namespace latchkey::sessions {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class ScriptedLookup final : public SessionLookup {
 public:
  void find(std::string token_hash, Callback done) override {
    asked.push_back(std::move(token_hash));
    done(answer);
  }

  std::vector<std::string> asked;
  Answer answer = nullptr;
};

class SessionCheck : public testing::Test {
 protected:
  void SetUp() override {
    session_ = {.id = 7,
                .user_id = 1,
                .created_at = clock_.now(),
                .authenticated_at = clock_.now(),
                .last_seen_at = clock_.now(),
                .expires_at = clock_.now() + hours(48)};
    user_.id = 1;
    remember();
  }

  // From now on the look-up answers with what the members hold.
  void remember() {
    auto live = std::make_shared<LiveSession>();
    live->session = session_;
    live->user = user_;
    lookup_.answer = std::move(live);
  }

  SessionLookup::Answer check(std::string_view token) {
    int answers = 0;
    SessionLookup::Answer given = nullptr;
    service_.check(token, [&](SessionLookup::Answer answer) {
      ++answers;
      given = std::move(answer);
    });
    EXPECT_EQ(answers, 1);
    return given;
  }
  bool is_live() {
    const auto answer = check(token_);
    return answer && *answer != nullptr;
  }

  test::FakeClock clock_;
  test::FakeRandom random_;
  config::Session config_{.idle_timeout = minutes(30)};
  // Nobody listens there, and nothing here connects.
  sql::Pool pool_{{.url = Secret("postgresql://127.0.0.1:1/none")}};
  ScriptedLookup lookup_;
  SessionService service_{pool_, lookup_, config_, clock_, random_};
  sql::SessionRow session_;
  sql::User user_;
  const std::string token_ = random_token(random_);
};

TEST_F(SessionCheck, AsksForTheHashAndNeverTheToken) {
  EXPECT_TRUE(is_live());
  EXPECT_EQ(lookup_.asked, std::vector{sha256(token_)});
}

TEST_F(SessionCheck, WhatCannotBeATokenCostsNoLookUp) {
  const std::string bad[] = {"",
                             token_.substr(1),
                             token_ + "A",
                             token_.substr(1) + "=",
                             token_.substr(1) + "+",
                             token_.substr(1) + " ",
                             token_.substr(1) + std::string(1, '\0'),
                             std::string(100'000, 'A'),
                             "\"" + token_ + "\""};
  for (const std::string& token : bad) {
    const auto answer = check(token);
    ASSERT_TRUE(answer) << token;
    EXPECT_EQ(*answer, nullptr) << token;
  }
  EXPECT_TRUE(lookup_.asked.empty());
}

TEST_F(SessionCheck, AbsentSessionIsNoError) {
  lookup_.answer = nullptr;
  const auto answer = check(token_);
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, nullptr);
}

TEST_F(SessionCheck, StoreFaultIsNotALogOut) {
  lookup_.answer = fail(ErrorCode::store_unavailable, "gone");
  const auto answer = check(token_);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
}

TEST_F(SessionCheck, IdleSessionInTheCacheIsRefused) {
  clock_.advance(minutes(30) - seconds(1));
  session_.id = 8;
  remember();
  EXPECT_TRUE(is_live());
  session_.id = 9;
  remember();
  clock_.advance(seconds(1));
  EXPECT_FALSE(is_live());
}

TEST_F(SessionCheck, ExpiredSessionInTheCacheIsRefusedHoweverActive) {
  for (int i = 0; i < 48 * 4 - 1; ++i) {
    clock_.advance(minutes(15));
    ASSERT_TRUE(is_live()) << i;
  }
  clock_.advance(minutes(15));
  EXPECT_FALSE(is_live());
}

TEST_F(SessionCheck, DisabledUserInTheCacheIsRefused) {
  user_.disabled_at = clock_.now();
  remember();
  EXPECT_FALSE(is_live());
}

// The look-up keeps answering with the last_seen_at of the start.
TEST_F(SessionCheck, SightingThatIsNotStoredYetKeepsASessionFromBeingIdle) {
  for (int i = 0; i < 10; ++i) {
    clock_.advance(minutes(29));
    ASSERT_TRUE(is_live()) << i;
  }
  clock_.advance(minutes(30));
  EXPECT_FALSE(is_live());
}

TEST_F(SessionCheck, LastSeenIsTheLatestSighting) {
  EXPECT_EQ(service_.last_seen(session_), session_.last_seen_at);
  clock_.advance(minutes(3));
  EXPECT_TRUE(is_live());
  EXPECT_EQ(service_.last_seen(session_), clock_.now());
}

TEST_F(SessionCheck, CheckingNowIsTheSame) {
  EXPECT_EQ((*service_.check_now(token_))->session.id, 7);
  lookup_.answer = nullptr;
  EXPECT_EQ(*service_.check_now(token_), nullptr);
  lookup_.answer = fail(ErrorCode::store_unavailable);
  EXPECT_FALSE(service_.check_now(token_));
}

TEST_F(SessionCheck, SightingsSurviveAStoreThatIsAway) {
  clock_.advance(minutes(10));
  EXPECT_TRUE(is_live());
  const auto flushed = service_.flush_seen();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, ErrorCode::store_unavailable);
  clock_.advance(minutes(29));
  EXPECT_TRUE(is_live());
}

TEST_F(SessionCheck, LogOutAndSweepReportAStoreThatIsAway) {
  const auto ended = service_.end(sha256(token_));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::store_unavailable);
  const auto swept = service_.sweep();
  ASSERT_FALSE(swept);
  EXPECT_EQ(swept.error().code, ErrorCode::store_unavailable);
}

TEST_F(SessionCheck, RecentLoginIsFiveMinutesOld) {
  const LiveSession& live = **lookup_.answer;
  EXPECT_TRUE(service_.recently_authenticated(live));
  clock_.advance(minutes(5) - seconds(1));
  EXPECT_TRUE(service_.recently_authenticated(live));
  clock_.advance(seconds(1));
  EXPECT_FALSE(service_.recently_authenticated(live));
}

}  // namespace
}  // namespace latchkey::sessions
