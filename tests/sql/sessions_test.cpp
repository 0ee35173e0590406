#include "sql/sessions.h"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sql/times.h"
#include "tests/support/must.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using std::chrono::hours;
using test::must;
using testing::UnorderedElementsAre;

constexpr Duration kIdle = hours(24);

std::string hash(char c) { return std::string(32, c); }

class SessionsTest : public testing::Test {
 protected:
  UserId insert_user(const std::string& email) {
    return must(users::insert(*connection_, {.email = email, .created_at = kNow})).id;
  }
  NewSession session(char c) const {
    return {.token_hash = hash(c),
            .user_id = user_,
            .created_at = kNow,
            .expires_at = kNow + hours(14 * 24),
            .remember = true,
            .method = "github",
            .ip = "192.0.2.7",
            .user_agent = "Mozilla/5.0"};
  }
  std::int64_t insert(const NewSession& s) {
    must(sessions::insert(*connection_, s));
    return must(connection_->execute(
        {.name = "id_of", .text = "SELECT id FROM sessions WHERE token_hash = $1"},
        Parameters().bytes(s.token_hash)))[0]
        .int64(0);
  }
  std::vector<SessionWithUser> find(const std::vector<std::string>& hashes, TimePoint now = kNow) {
    return must(sessions::find(*connection_, hashes, now, kIdle));
  }
  bool alive(char c, TimePoint now = kNow) { return find({hash(c)}, now).size() == 1; }
  std::int64_t sweep(TimePoint now, int limit = 1000) {
    return must(sessions::sweep(*connection_, now, kIdle, limit));
  }
  std::int64_t rows() {
    return must(connection_->execute({.name = "rows", .text = "SELECT count(*) FROM sessions"}))[0]
        .int64(0);
  }

  test::TestDatabase database_;
  std::unique_ptr<Connection> connection_ = database_.connect();
  UserId user_ = insert_user("ada@example.com");
};

TEST_F(SessionsTest, SessionIsFoundWithItsUser) {
  std::string token_hash("\0\xff'\\", 4);
  token_hash.resize(32, 'x');
  NewSession inserted = session('a');
  inserted.token_hash = token_hash;
  const std::int64_t id = insert(inserted);
  const auto found = find({token_hash});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].token_hash, token_hash);
  EXPECT_EQ(found[0].user.id, user_);
  EXPECT_EQ(found[0].user.email, "ada@example.com");
  const SessionRow& row = found[0].session;
  EXPECT_EQ(row.id, id);
  EXPECT_EQ(row.user_id, user_);
  EXPECT_EQ(row.created_at, kNow);
  EXPECT_EQ(row.authenticated_at, kNow);
  EXPECT_EQ(row.last_seen_at, kNow);
  EXPECT_EQ(row.expires_at, kNow + hours(14 * 24));
  EXPECT_TRUE(row.remember);
  EXPECT_EQ(row.method, "github");
  EXPECT_EQ(row.ip, "192.0.2.7");
  EXPECT_EQ(row.user_agent, "Mozilla/5.0");
}

TEST_F(SessionsTest, ManyAreFoundAtOnce) {
  for (const char c : {'a', 'b', 'c'}) insert(session(c));
  std::vector<std::string> hashes;
  for (const auto& found : find({hash('c'), hash('x'), hash('a'), hash('a')})) {
    hashes.push_back(found.token_hash);
  }
  EXPECT_THAT(hashes, UnorderedElementsAre(hash('a'), hash('c')));
  EXPECT_TRUE(find({}).empty());
}

TEST_F(SessionsTest, ExpiryIsTheEndToTheMicrosecond) {
  NewSession brief = session('a');
  brief.expires_at = kNow + hours(1);
  insert(brief);
  EXPECT_TRUE(alive('a', kNow + hours(1) - Duration(1)));
  EXPECT_FALSE(alive('a', kNow + hours(1)));
  insert(session('b'));
  EXPECT_TRUE(alive('b', kNow + kIdle - Duration(1)));
  EXPECT_FALSE(alive('b', kNow + kIdle));
}

TEST_F(SessionsTest, DisabledUserHasNoLiveSession) {
  insert(session('a'));
  must(users::set_disabled(*connection_, user_, kNow));
  EXPECT_FALSE(alive('a'));
}

TEST_F(SessionsTest, TokenHashIsUniqueAndWhole) {
  insert(session('a'));
  const auto again = sessions::insert(*connection_, session('a'));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, FailureKind::unique_violation);
  NewSession token_itself = session('b');
  token_itself.token_hash = std::string(43, 'b');
  EXPECT_FALSE(sessions::insert(*connection_, token_itself));
}

// Both come from the client's side, and none of this may keep anybody from logging in.
TEST_F(SessionsTest, CraftedUserAgentAndAddressDoNotFailTheLogin) {
  NewSession crafted = session('a');
  crafted.user_agent =
      std::string("\0\xff\xc3", 3) + "\r'; DROP TABLE sessions; --" + std::string(9999, 'x');
  crafted.ip = "1.2.3.4'; --";
  insert(crafted);
  const SessionRow row = find({hash('a')})[0].session;
  EXPECT_EQ(row.user_agent.size(), 400U);
  EXPECT_TRUE(
      row.user_agent.starts_with("????"
                                 "'; DROP TABLE sessions; --x"));
  EXPECT_EQ(row.ip, "");
}

TEST_F(SessionsTest, AddressesComeBackAsText) {
  char c = 'a';
  for (const std::string ip : {"", "203.0.113.9", "2001:db8::1", "::1"}) {
    NewSession at = session(c);
    at.ip = ip;
    insert(at);
    EXPECT_EQ(find({hash(c++)})[0].session.ip, ip);
  }
  NewSession zoned = session('z');
  zoned.ip = "fe80::1%eth0";
  insert(zoned);
  EXPECT_EQ(find({hash('z')})[0].session.ip, "fe80::1");
}

TEST_F(SessionsTest, LogOutRemovesOne) {
  insert(session('a'));
  insert(session('b'));
  EXPECT_TRUE(must(sessions::remove_by_hash(*connection_, hash('a'))));
  EXPECT_FALSE(must(sessions::remove_by_hash(*connection_, hash('a'))));
  EXPECT_FALSE(alive('a'));
  EXPECT_TRUE(alive('b'));
}

TEST_F(SessionsTest, LogOutEverywhereSparesOnlyWhatItIsToldTo) {
  NewSession others = session('z');
  others.user_id = insert_user("other@example.com");
  insert(others);
  for (const char c : {'a', 'b', 'c'}) insert(session(c));
  EXPECT_EQ(must(sessions::remove_all_of_user(*connection_, user_, hash('b'))), 2);
  EXPECT_TRUE(alive('b'));
  EXPECT_EQ(must(sessions::remove_all_of_user(*connection_, user_, "")), 1);
  EXPECT_FALSE(alive('b'));
  EXPECT_TRUE(alive('z'));
}

TEST_F(SessionsTest, GoWithTheirUser) {
  insert(session('a'));
  must(connection_->execute_script("DELETE FROM users"));
  EXPECT_EQ(rows(), 0);
}

TEST_F(SessionsTest, TouchMovesForwardOnly) {
  const std::int64_t a = insert(session('a'));
  const std::int64_t b = insert(session('b'));
  const auto seen = [&](char c) { return find({hash(c)})[0].session.last_seen_at; };
  must(sessions::touch(*connection_, {a, b, a, 999},
                       {kNow + hours(2), kNow - hours(1), kNow + hours(1), kNow}));
  EXPECT_EQ(seen('a'), kNow + hours(2));  // the latest of a batch
  EXPECT_EQ(seen('b'), kNow);
  must(sessions::touch(*connection_, {}, {}));
}

TEST_F(SessionsTest, TouchWritesNoIndex) {
  const std::int64_t id = insert(session('a'));
  must(sessions::touch(*connection_, {id}, {kNow + hours(1)}));
  must(connection_->execute_script("SELECT pg_stat_force_next_flush()"));
  const Rows rows =
      must(connection_->execute({.name = "hot",
                                 .text = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables"
                                         " WHERE relname = 'sessions'"}));
  EXPECT_EQ(rows[0].int64(0), 1);
  EXPECT_EQ(rows[0].int64(1), 1);
}

TEST_F(SessionsTest, TouchesInOppositeOrderDoNotDeadlock) {
  std::vector<std::int64_t> ids;
  for (char c = 'a'; c <= 'z'; ++c) ids.push_back(insert(session(c)));
  const std::vector<std::int64_t> backwards(ids.rbegin(), ids.rend());
  const auto touch = [&](const std::vector<std::int64_t>& order) {
    const auto connection = database_.connect();
    for (int i = 1; i <= 50; ++i) {
      must(sessions::touch(*connection, order,
                           std::vector<TimePoint>(order.size(), kNow + hours(i))));
    }
  };
  std::thread other([&] { touch(backwards); });
  touch(ids);
  other.join();
  EXPECT_EQ(find({hash('m')})[0].session.last_seen_at, kNow + hours(50));
}

TEST_F(SessionsTest, SweepTakesWhatIsPastEitherExpiryAndNothingElse) {
  NewSession brief = session('a');
  brief.expires_at = kNow + hours(1);
  insert(brief);
  insert(session('b'));
  const std::int64_t used = insert(session('c'));
  EXPECT_EQ(sweep(kNow), 0);
  EXPECT_EQ(sweep(kNow + hours(1)), 1);
  EXPECT_EQ(rows(), 2);
  must(sessions::touch(*connection_, {used}, {kNow + hours(20)}));
  EXPECT_EQ(sweep(kNow + kIdle), 1);
  EXPECT_TRUE(alive('c', kNow + kIdle));
  EXPECT_EQ(sweep(kNow + hours(20) + kIdle), 1);
  EXPECT_EQ(rows(), 0);
}

TEST_F(SessionsTest, SweepKeepsToItsLimitAndGoesOn) {
  for (char c = 'a'; c <= 'j'; ++c) insert(session(c));
  EXPECT_EQ(sweep(kNow + kIdle, 4), 4);
  EXPECT_EQ(sweep(kNow + kIdle, 4), 4);
  EXPECT_EQ(sweep(kNow + kIdle, 4), 2);
  EXPECT_EQ(sweep(kNow + kIdle, 4), 0);
}

TEST_F(SessionsTest, SweepIsNotHeldUpByLiveSessionsThatAreDue) {
  for (char c = 'a'; c <= 'j'; ++c) {
    const std::int64_t id = insert(session(c));
    must(sessions::touch(*connection_, {id}, {kNow + hours(20)}));
  }
  insert(session('z'));
  EXPECT_EQ(sweep(kNow + kIdle, 4), 1);
  EXPECT_EQ(rows(), 10);
}

TEST_F(SessionsTest, SweepDoesNotLookBeforeItIsTold) {
  NewSession told = session('a');
  told.idle_expires_at = kNow + kIdle;
  insert(told);
  const auto sweep_at = [&] {
    return must(connection_->execute(
        {.name = "sweep_at", .text = "SELECT sweep_at FROM sessions"}))[0]
        .timestamp(0);
  };
  EXPECT_EQ(sweep_at(), kNow + kIdle);
  EXPECT_EQ(sweep(kNow + hours(1)), 0);
  EXPECT_EQ(sweep_at(), kNow + kIdle);
  EXPECT_EQ(sweep(kNow + kIdle), 1);
}

TEST_F(SessionsTest, AUsersLiveSessionsAreListedNewestFirst) {
  insert(session('a'));
  NewSession newer = session('b');
  newer.created_at = kNow + hours(1);
  insert(newer);
  NewSession expired = session('c');
  expired.expires_at = kNow + hours(1);
  insert(expired);
  NewSession somebody_elses = session('d');
  somebody_elses.user_id = insert_user("bob@example.com");
  insert(somebody_elses);
  const auto listed = must(sessions::list_of_user(*connection_, user_, kNow + hours(1), kIdle));
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].token_hash, hash('b'));
  EXPECT_EQ(listed[1].token_hash, hash('a'));
  EXPECT_EQ(listed[1].session.ip, "192.0.2.7");
  EXPECT_EQ(must(sessions::list_of_user(*connection_, user_, kNow + hours(24), kIdle)).size(), 1U)
      << "idle ones are left out";
}

TEST_F(SessionsTest, ASessionIsEndedByItsIdOnlyForItsUser) {
  const std::int64_t id = insert(session('a'));
  const UserId bob = insert_user("bob@example.com");
  EXPECT_FALSE(must(sessions::remove_of_user(*connection_, bob, id)));
  EXPECT_EQ(must(sessions::remove_of_user(*connection_, user_, id)), hash('a'));
  EXPECT_FALSE(must(sessions::remove_of_user(*connection_, user_, id)));
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace latchkey::sql
