#include "sql/mails.h"

#include <atomic>

#include <gtest/gtest.h>

#include "sql/users.h"
#include "tests/sql/times.h"
#include "tests/support/must.h"
#include "tests/support/parallel.h"
#include "tests/support/test_database.h"

namespace latchkey::sql {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using test::in_parallel;
using test::must;

class MailsTest : public testing::Test {
 protected:
  static NewMail mail(TimePoint at = kNow) {
    return {.kind = "sign_in_code",
            .recipient = "ada@example.com",
            .user_id = std::nullopt,
            .subject = "Code",
            .text = "text",
            .html = "<p>html",
            .created_at = at};
  }
  std::int64_t count(const char* text) {
    return must(connection_->execute({.name = text, .text = text}))[0].int64(0);
  }
  std::optional<QueuedMail> claim(TimePoint now = kNow) {
    return must(mails::claim(*connection_, now, now + minutes(5)));
  }

  test::TestDatabase database_;
  std::unique_ptr<Connection> connection_ = database_.connect();
};

TEST_F(MailsTest, OfTwentyParallelRequestsOnePosts) {
  std::atomic<int> posted = 0;
  in_parallel(20, [&](int) {
    const auto connection = database_.connect();
    if (must(mails::post_unless_recent(*connection, mail(), minutes(3)))) ++posted;
  });
  EXPECT_EQ(posted, 1);
  EXPECT_EQ(count("SELECT count(*) FROM mails"), 1);
}

TEST_F(MailsTest, AfterTheIntervalAgainOneOfTwentyPosts) {
  must(mails::post_unless_recent(*connection_, mail(), minutes(3)));
  std::atomic<int> posted = 0;
  in_parallel(20, [&](int) {
    const auto connection = database_.connect();
    if (must(mails::post_unless_recent(*connection, mail(kNow + minutes(3)), minutes(3)))) ++posted;
  });
  EXPECT_EQ(posted, 1);
}

TEST_F(MailsTest, MailAndIntervalFallWithTheCallersTransaction) {
  {
    Transaction transaction = must(Transaction::begin(*connection_));
    EXPECT_TRUE(must(mails::post_unless_recent(*connection_, mail(), minutes(3))));
  }
  EXPECT_EQ(count("SELECT count(*) FROM mails"), 0);
  EXPECT_TRUE(must(mails::post_unless_recent(*connection_, mail(), minutes(3))));
}

TEST_F(MailsTest, PostingNothingLeavesNothing) {
  must(mails::post_nothing(*connection_, mail()));
  EXPECT_EQ(count("SELECT (SELECT count(*) FROM mails) + (SELECT count(*) FROM mail_intervals)"),
            0);
}

TEST_F(MailsTest, EachDueMailIsClaimedByOne) {
  for (int i = 0; i < 5; ++i) must(mails::post(*connection_, mail()));
  std::atomic<int> claimed = 0;
  in_parallel(20, [&](int) {
    const auto connection = database_.connect();
    if (must(mails::claim(*connection, kNow, kNow + minutes(5)))) ++claimed;
  });
  // One that meets a row that another is taking at the moment goes away without; nobody gets two.
  while (claim()) ++claimed;
  EXPECT_EQ(claimed, 5);
}

TEST_F(MailsTest, ResultOfAnOvertakenAttemptIsIgnored) {
  must(mails::post(*connection_, mail()));
  const auto first = claim();
  const auto second = claim(kNow + minutes(5));
  ASSERT_TRUE(first && second);
  must(mails::give_up(*connection_, *first, kNow, "late"));
  EXPECT_EQ(count("SELECT count(*) FROM mails WHERE failed_at IS NOT NULL"), 0);
  must(mails::mark_sent(*connection_, *second, kNow));
  must(mails::retry_later(*connection_, *second, kNow, "late"));
  EXPECT_FALSE(claim(kNow + days(1)));
}

TEST_F(MailsTest, BodiesGoWhenSentAndWhenGivenUp) {
  must(mails::post(*connection_, mail()));
  must(mails::post(*connection_, mail()));
  must(mails::mark_sent(*connection_, *claim(), kNow));
  must(mails::give_up(*connection_, *claim(), kNow, "no such mailbox"));
  EXPECT_EQ(count("SELECT count(*) FROM mails WHERE text_body IS NULL AND html_body IS NULL"), 2);
  EXPECT_EQ(count("SELECT count(*) FROM mails WHERE last_error = 'no such mailbox'"), 1);
}

TEST_F(MailsTest, WaitingMailsOfAUserAreDroppedAndSentOnesStay) {
  const User user =
      must(users::insert(*connection_, {.email = "ada@example.com", .created_at = kNow}));
  NewMail theirs = mail();
  theirs.user_id = user.id;
  must(mails::post(*connection_, theirs));
  must(mails::mark_sent(*connection_, *claim(), kNow));
  must(mails::post(*connection_, theirs));
  must(mails::post(*connection_, mail()));
  NewMail anothers = mail();
  anothers.recipient = "bob@example.com";
  must(mails::post(*connection_, anothers));
  EXPECT_EQ(must(mails::drop_waiting(*connection_, user.id, "ada@example.com")), 2);
  EXPECT_EQ(count("SELECT count(*) FROM mails WHERE sent_at IS NOT NULL"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM mails WHERE recipient = 'bob@example.com'"), 1);
}

TEST_F(MailsTest, SweepsWhatIsThirtyDaysOld) {
  must(mails::post_unless_recent(*connection_, mail(kNow - days(30)), minutes(3)));
  must(mails::post(*connection_, mail(kNow - days(29))));
  EXPECT_EQ(must(mails::sweep(*connection_, kNow, 100)), 1);
  EXPECT_EQ(count("SELECT count(*) FROM mails"), 1);
  EXPECT_EQ(count("SELECT count(*) FROM mail_intervals"), 0);
}

}  // namespace
}  // namespace latchkey::sql
