#include "broker/http/deadlines.h"

#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

using namespace std::chrono_literals;

class DeadlinesTest : public testing::Test {
 protected:
  // none, idle, head, body, write, linger
  Deadlines deadlines_{{0ms, 60'000ms, 5'000ms, 10'000ms, 30'000ms, 2'000ms}};
  const MonotonicPoint start_{1'000s};
  DeadlineEntry a_, b_, c_;
};

TEST_F(DeadlinesTest, NothingIsDueWhenNothingIsSet) {
  EXPECT_EQ(deadlines_.next(), std::nullopt);
  EXPECT_EQ(deadlines_.expired(start_ + 1h), nullptr);
  EXPECT_EQ(deadlines_.oldest(Deadline::idle), nullptr);
}

TEST_F(DeadlinesTest, EachKindRunsOutAfterItsLength) {
  deadlines_.set(a_, Deadline::idle, start_);
  deadlines_.set(b_, Deadline::head, start_ + 1s);
  deadlines_.set(c_, Deadline::head, start_ + 2s);
  EXPECT_EQ(deadlines_.next(), start_ + 6s);
  EXPECT_EQ(deadlines_.expired(start_ + 6s - 1ns), nullptr);
  EXPECT_EQ(deadlines_.expired(start_ + 6s), &b_);
  deadlines_.set(b_, Deadline::none, start_ + 6s);
  EXPECT_EQ(deadlines_.expired(start_ + 6s), nullptr);
  EXPECT_EQ(deadlines_.next(), start_ + 7s);
}

TEST_F(DeadlinesTest, SettingAgainStartsAnew) {
  deadlines_.set(a_, Deadline::idle, start_);
  deadlines_.set(b_, Deadline::idle, start_ + 1s);
  EXPECT_EQ(deadlines_.oldest(Deadline::idle), &a_);
  deadlines_.set(a_, Deadline::idle, start_ + 2s);
  EXPECT_EQ(deadlines_.oldest(Deadline::idle), &b_);
  EXPECT_EQ(deadlines_.next(), start_ + 61s);
}

TEST_F(DeadlinesTest, EntryThatGoesTakesItselfOut) {
  deadlines_.set(a_, Deadline::head, start_);
  {
    DeadlineEntry shortlived;
    deadlines_.set(shortlived, Deadline::linger, start_);
    EXPECT_EQ(deadlines_.next(), start_ + 2s);
  }
  EXPECT_EQ(deadlines_.next(), start_ + 5s);
  EXPECT_EQ(a_.kind(), Deadline::head);
}

}  // namespace
}  // namespace latchkey::broker::http
