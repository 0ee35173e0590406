#include "broker/completion_gate.h"

#include <future>

#include <gtest/gtest.h>

namespace latchkey::broker {
namespace {

TEST(CompletionGate, LetsOneThroughPerState) {
  CompletionGate gate;
  auto first = gate.enter("a");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(gate.enter("a"), nullptr);
  EXPECT_NE(gate.enter("b"), nullptr);
  first.reset();
  EXPECT_NE(gate.enter("a"), nullptr);
}

TEST(CompletionGate, WhoeverWaitsGoesOnWhenTheFirstHasEnded) {
  CompletionGate gate;
  auto first = gate.enter("a");
  auto waiter = std::async(std::launch::async, [&] { return gate.wait("a"); });
  first.reset();
  EXPECT_TRUE(waiter.get());
}

TEST(CompletionGate, NothingUnderWayNeedsNoWait) {
  CompletionGate gate;
  EXPECT_TRUE(gate.wait("a"));
}

}  // namespace
}  // namespace latchkey::broker
