#include "config/duration.h"

#include <gtest/gtest.h>

namespace latchkey::config {
namespace {

using std::chrono::seconds;

TEST(Duration, ReadsANumberAndAUnit) {
  EXPECT_EQ(parse_duration("30s"), seconds(30));
  EXPECT_EQ(parse_duration("10m"), seconds(600));
  EXPECT_EQ(parse_duration("24h"), seconds(86'400));
  EXPECT_EQ(parse_duration("14d"), seconds(1'209'600));
  EXPECT_EQ(parse_duration("0s"), seconds(0));
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text : {"", "s", "10", "-1s", "+1s", "1.5h", "1 h", "1h30m", "10M", "10w", " 1s",
                           "1s ", "0x10s", "99999999999999999999d"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(Duration, EndsAtTenThousandDaysSoThatNothingOverflows) {
  EXPECT_EQ(parse_duration("10000d"), kLongestDuration);
  EXPECT_EQ(parse_duration("10001d"), std::nullopt);
  EXPECT_EQ(parse_duration("9223372036854775807d"), std::nullopt);
  EXPECT_EQ(parse_duration("864000001s"), std::nullopt);
}

TEST(Duration, IsWrittenInItsLargestUnit) {
  EXPECT_EQ(format_duration(seconds(1'209'600)), "14d");
  EXPECT_EQ(format_duration(seconds(43'200)), "12h");
  EXPECT_EQ(format_duration(seconds(600)), "10m");
  EXPECT_EQ(format_duration(seconds(61)), "61s");
}

}  // namespace
}  // namespace latchkey::config
