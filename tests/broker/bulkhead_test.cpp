#include "broker/bulkhead.h"

#include <vector>

#include <gtest/gtest.h>

namespace latchkey::broker {
namespace {

TEST(Bulkhead, HungProviderDoesNotTakeThePlacesOfOthers) {
  Bulkhead bulkhead(2);
  const auto first = bulkhead.enter("github");
  const auto second = bulkhead.enter("github");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(bulkhead.enter("github"));
  EXPECT_TRUE(bulkhead.enter("google"));
}

TEST(Bulkhead, APlaceIsGivenBackOnce) {
  Bulkhead bulkhead(1);
  for (int i = 0; i < 3; ++i) {
    auto place = bulkhead.enter("github");
    ASSERT_TRUE(place);
    std::vector<Bulkhead::Place> moved;
    moved.push_back(std::move(*place));
    EXPECT_FALSE(bulkhead.enter("github"));
  }
  EXPECT_TRUE(bulkhead.enter("github"));
}

}  // namespace
}  // namespace latchkey::broker
