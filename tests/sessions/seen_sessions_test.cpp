#include "sessions/seen_sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace latchkey::sessions {

void PrintTo(const SeenSessions::Sighting& sighting, std::ostream* out) {
  *out << "session " << sighting.id << " at " << sighting.seen_at.time_since_epoch().count();
}

namespace {

using std::chrono::seconds;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

class Seen : public testing::Test {
 protected:
  void note(std::int64_t id, TimePoint stored_at) {
    EXPECT_TRUE(seen_.see(id, clock_.now(), stored_at, TimePoint::min()));
  }
  // What is written now.
  std::vector<std::int64_t> flush() {
    const auto due = seen_.due(clock_.now());
    seen_.written(due, clock_.now());
    std::vector<std::int64_t> ids;
    ids.reserve(due.size());
    for (const auto& sighting : due) ids.push_back(sighting.id);
    return ids;
  }

  test::FakeClock clock_;
  const TimePoint start_ = clock_.now();
  SeenSessions seen_{{.write_every = seconds(60), .max_entries = 64}};
};

TEST_F(Seen, LatestIsTheLaterOfStoredAndNoted) {
  EXPECT_EQ(seen_.latest(1, start_), start_);
  clock_.advance(seconds(30));
  note(1, start_);
  EXPECT_EQ(seen_.latest(1, start_), start_ + seconds(30));
  EXPECT_EQ(seen_.latest(1, start_ + seconds(40)), start_ + seconds(40));
  EXPECT_EQ(seen_.latest(2, start_), start_);
}

TEST_F(Seen, WhatHasLapsedIsNotSeenAgain) {
  clock_.advance(seconds(30));
  EXPECT_FALSE(seen_.see(1, clock_.now(), start_, start_)) << "by what is stored";
  EXPECT_EQ(seen_.size(), 0U);
  EXPECT_TRUE(seen_.see(1, clock_.now(), start_, start_ - seconds(1)));
  const TimePoint seen = clock_.now();
  clock_.advance(seconds(30));
  EXPECT_FALSE(seen_.see(1, clock_.now(), start_, seen)) << "by what is noted";
  EXPECT_EQ(seen_.latest(1, start_), seen);
  EXPECT_TRUE(seen_.see(1, clock_.now(), start_, seen - seconds(1)));
}

TEST_F(Seen, WritesOncePerMinuteAndSession) {
  int writes = 0;
  for (int second = 0; second < 300; second += 5) {
    clock_.advance(seconds(5));
    note(1, start_);
    writes += static_cast<int>(flush().size());
  }
  EXPECT_EQ(writes, 5);
}

TEST_F(Seen, LastSightingBeforeASilenceIsWrittenToo) {
  clock_.advance(seconds(20));
  note(1, start_);
  EXPECT_THAT(flush(), IsEmpty()) << "stored less than a minute ago";
  clock_.advance(seconds(40));
  const auto due = seen_.due(clock_.now());
  ASSERT_THAT(due, SizeIs(1));
  EXPECT_EQ(due[0].seen_at, start_ + seconds(20));
}

TEST_F(Seen, WhatIsNotConfirmedStaysDue) {
  clock_.advance(seconds(90));
  note(1, start_);
  EXPECT_THAT(seen_.due(clock_.now()), SizeIs(1));
  clock_.advance(seconds(5));
  EXPECT_THAT(seen_.due(clock_.now()), SizeIs(1));
}

TEST_F(Seen, SightingDuringAWriteIsNotLost) {
  clock_.advance(seconds(90));
  note(1, start_);
  const auto due = seen_.due(clock_.now());
  clock_.advance(seconds(1));
  note(1, start_);
  seen_.written(due, clock_.now());
  EXPECT_EQ(seen_.latest(1, start_), start_ + seconds(91));
  clock_.advance(seconds(60));
  EXPECT_THAT(flush(), SizeIs(1));
}

TEST_F(Seen, ForgetsWhatTheStoreHas) {
  clock_.advance(seconds(90));
  note(1, start_);
  EXPECT_THAT(flush(), SizeIs(1));
  EXPECT_EQ(seen_.size(), 1U) << "it still holds back the next write";
  clock_.advance(seconds(60));
  EXPECT_THAT(flush(), IsEmpty());
  EXPECT_EQ(seen_.size(), 0U);
}

TEST_F(Seen, DueComesInTheOrderOfIds) {
  clock_.advance(seconds(90));
  for (const std::int64_t id : {40, 3, 17, 1, 16}) note(id, start_);
  EXPECT_THAT(seen_.due(clock_.now()),
              testing::ElementsAre(
                  Field(&SeenSessions::Sighting::id, 1), Field(&SeenSessions::Sighting::id, 3),
                  Field(&SeenSessions::Sighting::id, 16), Field(&SeenSessions::Sighting::id, 17),
                  Field(&SeenSessions::Sighting::id, 40)));
}

TEST_F(Seen, StoreThatIsAwayDoesNotEatTheMemory) {
  clock_.advance(seconds(1));
  for (std::int64_t id = 1; id <= 10'000; ++id) note(id, start_);
  EXPECT_EQ(seen_.size(), 64U);
  clock_.advance(seconds(3600));
  note(1, start_);
  EXPECT_EQ(seen_.latest(1, start_), clock_.now()) << "what is noted is still kept up to date";
}

}  // namespace
}  // namespace latchkey::sessions
