#include "sessions/session_cache.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "tests/support/fake_clock.h"

namespace latchkey::sessions {
namespace {

SessionPtr session_of(sql::UserId user, const std::string& token) {
  auto live = std::make_shared<LiveSession>();
  live->token_hash = sha256(token);
  live->user.id = user;
  return live;
}

class SessionCacheTest : public testing::Test {
 protected:
  SessionCacheTest() { cache_.open(); }

  void put(SessionPtr live) { cache_.put(std::move(live), cache_.mark()); }
  [[nodiscard]] bool knows(const std::string& token) const {
    return cache_.find(sha256(token)) != nullptr;
  }

  test::FakeClock clock_;
  SessionCache cache_{clock_, 1600};
};

TEST_F(SessionCacheTest, AnswersWhatItWasGiven) {
  put(session_of(1, "a"));
  EXPECT_EQ(cache_.find(sha256("a"))->user.id, 1);
  EXPECT_FALSE(knows("b"));
}

TEST_F(SessionCacheTest, NothingIsKeptForThirtySeconds) {
  put(session_of(1, "a"));
  clock_.advance(std::chrono::milliseconds(29'999));
  EXPECT_TRUE(knows("a"));
  clock_.advance(std::chrono::milliseconds(1));
  EXPECT_FALSE(knows("a"));
}

TEST_F(SessionCacheTest, AChangeOfAUserForgetsAllOfTheirSessionsAndNobodyElses) {
  for (const char* token : {"a", "b", "c"}) put(session_of(1, token));
  put(session_of(2, "d"));
  cache_.forget_user(1);
  for (const char* token : {"a", "b", "c"}) EXPECT_FALSE(knows(token));
  EXPECT_TRUE(knows("d"));
}

TEST_F(SessionCacheTest, AnEndedSessionIsForgotten) {
  put(session_of(1, "a"));
  put(session_of(1, "b"));
  cache_.forget_session(sha256("a"));
  EXPECT_FALSE(knows("a"));
  EXPECT_TRUE(knows("b"));
}

TEST_F(SessionCacheTest, AnAnswerThatAChangeHasOvertakenIsNotKept) {
  const auto mark = cache_.mark();  // the store is asked, and answers, and then the session ends
  cache_.forget_user(1);
  cache_.put(session_of(1, "a"), mark);
  EXPECT_FALSE(knows("a"));
}

TEST_F(SessionCacheTest, WhileNobodyCanTellItOfChangesItKnowsNothing) {
  put(session_of(1, "a"));
  cache_.close();
  EXPECT_FALSE(knows("a"));
  put(session_of(1, "a"));
  cache_.open();
  EXPECT_FALSE(knows("a"));
  put(session_of(1, "a"));
  EXPECT_TRUE(knows("a"));
}

TEST_F(SessionCacheTest, ANewerAnswerReplacesAnOlderOne) {
  put(session_of(1, "a"));
  put(session_of(2, "a"));
  EXPECT_EQ(cache_.find(sha256("a"))->user.id, 2);
  cache_.forget_user(1);
  EXPECT_TRUE(knows("a"));
  cache_.forget_user(2);
  EXPECT_FALSE(knows("a"));
}

TEST_F(SessionCacheTest, AnEntryThatIsForgottenOutlivesItsUse) {
  put(session_of(1, "a"));
  const SessionPtr used = cache_.find(sha256("a"));
  cache_.close();
  EXPECT_EQ(used->user.id, 1);
}

TEST_F(SessionCacheTest, MemoryIsBounded) {
  int kept = 0;
  for (int i = 0; i < 5000; ++i) put(session_of(i, std::to_string(i)));
  for (int i = 0; i < 5000; ++i) kept += knows(std::to_string(i)) ? 1 : 0;
  EXPECT_LE(kept, 1600);
  EXPECT_GE(kept, 1400);
}

}  // namespace
}  // namespace latchkey::sessions
