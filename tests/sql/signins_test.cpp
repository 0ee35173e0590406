#include "sql/signins.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "tests/sql/times.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using std::chrono::minutes;
using test::in_parallel;
using test::must;

std::string hash(char c) { return std::string(32, c); }

class SignInsTest : public testing::Test {
 protected:
  std::int64_t count(const char* text) {
    return must(connection_->execute({.name = text, .text = text}))[0].int64(0);
  }
  Outcome<bool> claim(char c, TimePoint expires_at = kNow + minutes(10)) {
    return claimed_states::claim(*connection_, hash(c), kNow, expires_at);
  }
  PendingSignIn pending(const std::string& email) const {
    return {.provider = "facebook",
            .subject = "77'--",
            .email = email,
            .email_verified = false,
            .name = "Ada",
            .avatar_url = "https://a.example/",
            .reason = "email_unverified",
            .next = "/inbox?x=1",
            .created_at = kNow,
            .expires_at = kNow + minutes(30)};
  }

  test::TestDatabase database_;
  std::unique_ptr<Connection> connection_ = database_.connect();
};

TEST_F(SignInsTest, TwentyParallelClaimsOfOneStateHaveOneWinner) {
  std::atomic<int> won = 0;
  std::atomic<int> lost = 0;
  in_parallel(20, [&](int) {
    const auto connection = database_.connect();
    ++(must(claimed_states::claim(*connection, hash('s'), kNow, kNow + minutes(10))) ? won : lost);
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 19);
}

TEST_F(SignInsTest, StateIsClaimedOncePerHash) {
  EXPECT_TRUE(must(claim('a')));
  EXPECT_FALSE(must(claim('a')));
  EXPECT_TRUE(must(claim('b')));
  EXPECT_FALSE(claimed_states::claim(*connection_, "short", kNow, kNow));
}

TEST_F(SignInsTest, WinnerFindsItsSessionAgain) {
  EXPECT_FALSE(must(claimed_states::find_completed(*connection_, hash('a'))));
  must(claim('a'));
  EXPECT_FALSE(must(claimed_states::find_completed(*connection_, hash('a'))));
  must(claimed_states::record_session(*connection_, hash('a'), hash('t'), "/next?a=b"));
  const auto completed = must(claimed_states::find_completed(*connection_, hash('a')));
  ASSERT_TRUE(completed);
  EXPECT_EQ(completed->session_token_hash, hash('t'));
  EXPECT_EQ(completed->next, "/next?a=b");
}

TEST_F(SignInsTest, ExpiredStatesAreSweptInBatches) {
  must(claim('a', kNow + minutes(1)));
  must(claim('b', kNow + minutes(2)));
  must(claim('c', kNow + minutes(3)));
  EXPECT_EQ(must(claimed_states::sweep(*connection_, kNow, 10)), 0);
  EXPECT_EQ(must(claimed_states::sweep(*connection_, kNow + minutes(2), 1)), 1);
  EXPECT_EQ(must(claimed_states::sweep(*connection_, kNow + minutes(2), 10)), 1);
  EXPECT_FALSE(must(claim('c')));
}

TEST_F(SignInsTest, PendingSignInIsFoundAsItWasUntilItExpires) {
  const PendingSignIn inserted = pending("ada@example.com");
  const std::int64_t id = must(pending_sign_ins::insert(*connection_, hash('p'), inserted));
  const auto found = must(pending_sign_ins::find(*connection_, hash('p'), kNow));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, id);
  EXPECT_EQ(found->provider, inserted.provider);
  EXPECT_EQ(found->subject, inserted.subject);
  EXPECT_EQ(found->email, inserted.email);
  EXPECT_FALSE(found->email_verified);
  EXPECT_EQ(found->name, inserted.name);
  EXPECT_EQ(found->avatar_url, inserted.avatar_url);
  EXPECT_EQ(found->reason, inserted.reason);
  EXPECT_EQ(found->next, inserted.next);
  EXPECT_EQ(found->created_at, kNow);
  EXPECT_EQ(found->expires_at, kNow + minutes(30));
  EXPECT_FALSE(must(pending_sign_ins::find(*connection_, hash('p'), kNow + minutes(30))));
  EXPECT_FALSE(must(pending_sign_ins::find(*connection_, hash('q'), kNow)));
}

TEST_F(SignInsTest, PendingReasonIsOneOfThree) {
  PendingSignIn odd = pending("");
  odd.reason = "because";
  EXPECT_FALSE(pending_sign_ins::insert(*connection_, hash('p'), odd));
}

// What somebody else left pending under an address goes when its owner comes, however they wrote
// it.
TEST_F(SignInsTest, PendingSignInsOfAnAddressGoInEveryCase) {
  must(pending_sign_ins::insert(*connection_, hash('a'), pending("ada@example.com")));
  must(pending_sign_ins::insert(*connection_, hash('b'), pending("Ada@Example.com")));
  must(pending_sign_ins::insert(*connection_, hash('c'), pending("bob@example.com")));
  must(pending_sign_ins::remove_by_email(*connection_, "ada@example.com"));
  EXPECT_FALSE(must(pending_sign_ins::find(*connection_, hash('a'), kNow)));
  EXPECT_FALSE(must(pending_sign_ins::find(*connection_, hash('b'), kNow)));
  EXPECT_TRUE(must(pending_sign_ins::find(*connection_, hash('c'), kNow)));
}

TEST_F(SignInsTest, PendingSignInsThatAreProvingTheAddressGoWithThem) {
  const auto id =
      must(pending_sign_ins::insert(*connection_, hash('a'), pending("mallory@example.com")));
  must(pending_sign_ins::set_code(*connection_, id,
                                  {.email = "ada@example.com",
                                   .mac = hash('m'),
                                   .sent_at = kNow,
                                   .expires_at = kNow + minutes(10)}));
  must(pending_sign_ins::remove_by_email(*connection_, "ada@example.com"));
  EXPECT_FALSE(must(pending_sign_ins::find(*connection_, hash('a'), kNow)));
}

TEST_F(SignInsTest, ExpiredPendingSignInsAreSwept) {
  must(pending_sign_ins::insert(*connection_, hash('a'), pending("")));
  must(pending_sign_ins::insert(*connection_, hash('b'), pending("")));
  EXPECT_EQ(must(pending_sign_ins::sweep(*connection_, kNow, 10)), 0);
  EXPECT_EQ(must(pending_sign_ins::sweep(*connection_, kNow + minutes(30), 1)), 1);
  EXPECT_EQ(must(pending_sign_ins::sweep(*connection_, kNow + minutes(30), 10)), 1);
}

class PendingCodeTest : public SignInsTest {
 protected:
  PendingCodeTest() {
    id_ = must(pending_sign_ins::insert(*connection_, hash('p'), pending("")));
    must(pending_sign_ins::set_code(*connection_, id_, code('1')));
  }
  static PendingCode code(char mac) {
    return {.email = "ada@example.com",
            .mac = hash(mac),
            .sent_at = kNow,
            .expires_at = kNow + minutes(10)};
  }
  std::optional<PendingSignIn> count_try(TimePoint now = kNow) {
    return must(pending_sign_ins::count_try(*connection_, hash('p'), now, 5));
  }

  std::int64_t id_ = 0;
};

TEST_F(PendingCodeTest, IsFoundAsItWas) {
  const auto found = must(pending_sign_ins::find(*connection_, hash('p'), kNow));
  ASSERT_TRUE(found && found->code);
  EXPECT_EQ(found->code->email, "ada@example.com");
  EXPECT_EQ(found->code->mac, hash('1'));
  EXPECT_EQ(found->code->sent_at, kNow);
  EXPECT_EQ(found->code->expires_at, kNow + minutes(10));
  EXPECT_EQ(found->code->tries, 0);
}

TEST_F(PendingCodeTest, TriesAreCountedUpToTheLimitHoweverManyComeAtOnce) {
  std::atomic<int> counted = 0;
  in_parallel(12, [&](int) {
    const auto connection = database_.connect();
    if (must(pending_sign_ins::count_try(*connection, hash('p'), kNow, 5))) ++counted;
  });
  EXPECT_EQ(counted, 5);
  EXPECT_EQ(must(pending_sign_ins::find(*connection_, hash('p'), kNow))->code->tries, 5);
}

TEST_F(PendingCodeTest, CannotBeTriedOnceItHasExpired) {
  EXPECT_TRUE(count_try(kNow + minutes(9)));
  EXPECT_FALSE(count_try(kNow + minutes(10)));
}

TEST_F(PendingCodeTest, NewCodeReplacesTheOldOneAndItsTries) {
  while (count_try()) {
  }
  must(pending_sign_ins::set_code(*connection_, id_, code('2')));
  const auto tried = count_try();
  ASSERT_TRUE(tried);
  EXPECT_EQ(tried->code->mac, hash('2'));
  EXPECT_EQ(tried->code->tries, 1);
}

TEST_F(PendingCodeTest, WithoutACodeThereIsNothingToTry) {
  must(pending_sign_ins::insert(*connection_, hash('q'), pending("")));
  EXPECT_FALSE(must(pending_sign_ins::count_try(*connection_, hash('q'), kNow, 5)));
}

TEST_F(PendingCodeTest, PendingSignInEndsOnce) {
  std::atomic<int> ended = 0;
  in_parallel(4, [&](int) {
    const auto connection = database_.connect();
    if (must(pending_sign_ins::remove(*connection, id_))) ++ended;
  });
  EXPECT_EQ(ended, 1);
}

class FamiliarityTest : public SignInsTest {
 protected:
  void add(const std::string& details, const std::string& ip, TimePoint at = kNow) {
    must(audit_events::insert(
        *connection_, {.at = at, .action = "sign_in", .user_id = 7, .ip = ip, .details = details}));
  }
  audit_events::Familiarity ask(const std::string& device, const std::string& ip) {
    return must(audit_events::familiarity(*connection_, 7, device, ip));
  }
};

TEST_F(FamiliarityTest, NothingIsKnownOfANewUser) {
  add("", "192.0.2.1");
  const auto familiar = ask("curl", "192.0.2.1");
  EXPECT_FALSE(familiar.any);
  EXPECT_FALSE(familiar.device);
}

TEST_F(FamiliarityTest, DevicesAndNetworksAreKnownApart) {
  add(R"({"device":"curl"})", "192.0.2.1");
  add(R"({"device":"Firefox on Linux"})", "2001:db8::1");
  EXPECT_TRUE(ask("curl", "203.0.113.1").device);
  EXPECT_FALSE(ask("curl", "203.0.113.1").network);
  EXPECT_TRUE(ask("Safari", "192.0.77.1").network);
  EXPECT_FALSE(ask("Safari", "192.0.77.1").device);
  EXPECT_TRUE(ask("curl", "2001:db8:ffff::1").network);
  EXPECT_FALSE(ask("curl", "2001:db9::1").network);
  EXPECT_TRUE(ask("curl", "").network) << "nothing to compare";
}

TEST_F(FamiliarityTest, OnlyTheLatestEventsCount) {
  add(R"({"device":"old"})", "192.0.2.1", kNow - minutes(1));
  for (int i = 0; i < 200; ++i) add(R"({"device":"new"})", "192.0.2.1");
  EXPECT_FALSE(ask("old", "192.0.2.1").device);
}

TEST_F(SignInsTest, AuditEventIsKeptAsItWas) {
  must(audit_events::insert(*connection_, {.at = kNow,
                                           .action = "identity.link",
                                           .user_id = 7,
                                           .actor_id = 8,
                                           .provider = "github",
                                           .subject = "1'--",
                                           .reason = "verified e-mail",
                                           .ip = "2001:db8::1",
                                           .request_id = "r1",
                                           .details = R"({"a":"\"'"})"}));
  const Rows rows = must(connection_->execute(
      {.name = "event",
       .text = "SELECT at, action, user_id, actor_id, provider, subject, reason, host(ip),"
               " request_id, details->>'a' FROM audit_events"}));
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(rows[0].timestamp(0), kNow);
  EXPECT_EQ(rows[0].text(1), "identity.link");
  EXPECT_EQ(rows[0].int64(2), 7);
  EXPECT_EQ(rows[0].int64(3), 8);
  EXPECT_EQ(rows[0].text(4), "github");
  EXPECT_EQ(rows[0].text(5), "1'--");
  EXPECT_EQ(rows[0].text(6), "verified e-mail");
  EXPECT_EQ(rows[0].text(7), "2001:db8::1");
  EXPECT_EQ(rows[0].text(8), "r1");
  EXPECT_EQ(rows[0].text(9), "\"'");
}

TEST_F(SignInsTest, LeastAuditEventHasNoUserAddressOrDetails) {
  must(audit_events::insert(*connection_, {.at = kNow, .action = "sign_in"}));
  EXPECT_EQ(count("SELECT count(*) FROM audit_events WHERE user_id IS NULL AND actor_id IS NULL"
                  " AND ip IS NULL AND details IS NULL"),
            1);
}

TEST_F(SignInsTest, AuditLogCannotBeRewritten) {
  must(audit_events::insert(*connection_, {.at = kNow, .action = "sign_in"}));
  for (const char* attack : {"UPDATE audit_events SET action = 'x'", "DELETE FROM audit_events",
                             "TRUNCATE audit_events"}) {
    EXPECT_FALSE(connection_->execute_script(attack)) << attack;
  }
  EXPECT_EQ(count("SELECT count(*) FROM audit_events WHERE action = 'sign_in'"), 1);
}

TEST_F(SignInsTest, RetentionAloneMayDeleteAuditEvents) {
  must(audit_events::insert(*connection_, {.at = kNow, .action = "sign_in"}));
  const std::string retention = "SET LOCAL latchkey.audit_retention = 'on';";
  EXPECT_FALSE(connection_->execute_script(retention + "UPDATE audit_events SET action = 'x'"));
  must(connection_->execute_script(retention + "DELETE FROM audit_events"));
  EXPECT_EQ(count("SELECT count(*) FROM audit_events"), 0);
  must(audit_events::insert(*connection_, {.at = kNow, .action = "sign_in"}));
  EXPECT_FALSE(connection_->execute_script("DELETE FROM audit_events"));
}

}  // namespace
}  // namespace latchkey::sql
