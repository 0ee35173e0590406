#include "broker/http/http_date.h"

#include <string>

#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

using namespace std::chrono;

TEST(HttpDate, IsTheExampleOfTheRfc) {
  EXPECT_EQ(http_date(sys_days(1994y / November / 6) + 8h + 49min + 37s),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpDate, KnowsLeapDaysAndTheEndsOfYears) {
  EXPECT_EQ(http_date(sys_days(2024y / February / 29)), "Thu, 29 Feb 2024 00:00:00 GMT");
  EXPECT_EQ(http_date(sys_days(2026y / December / 31) + 23h + 59min + 59s + 999'999us),
            "Thu, 31 Dec 2026 23:59:59 GMT");
  EXPECT_EQ(http_date(sys_days(2027y / January / 1)), "Fri, 01 Jan 2027 00:00:00 GMT");
}

TEST(HttpDate, FollowsTheClockForwardsAndBackwards) {
  const TimePoint noon = sys_days(2026y / November / 21) + 12h;
  const std::string first(http_date(noon));
  EXPECT_EQ(http_date(noon + 999'999us), first);
  EXPECT_EQ(http_date(noon + 1s), "Sat, 21 Nov 2026 12:00:01 GMT");
  EXPECT_EQ(http_date(noon - 1us), "Sat, 21 Nov 2026 11:59:59 GMT");
  EXPECT_EQ(http_date(noon), first);
}

}  // namespace
}  // namespace latchkey::broker::http
