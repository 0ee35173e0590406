#include "config/suggestions.h"

#include <gtest/gtest.h>

namespace latchkey::config {
namespace {

TEST(Suggestions, DistanceCountsInsertedDeletedReplacedAndSwappedLetters) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("listen", "listen"), 0U);
  EXPECT_EQ(edit_distance("listen", "lisen"), 1U);
  EXPECT_EQ(edit_distance("listen", "lister"), 1U);
  EXPECT_EQ(edit_distance("listen", "lisetn"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggestions, NearestIsTheLikelyMeaning) {
  const std::vector<std::string> known = {"pool_size", "url", "cookie_name"};
  EXPECT_EQ(nearest("pool_sise", known), "pool_size");
  EXPECT_EQ(nearest("Cookie-Name", known), "cookie_name");
  EXPECT_EQ(nearest("ulr", known), "url");
}

TEST(Suggestions, NothingNearIsNoSuggestion) {
  const std::vector<std::string> known = {"pool_size", "url"};
  EXPECT_EQ(nearest("hostname", known), "");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), known), "");
}

}  // namespace
}  // namespace latchkey::config
