#include "base/try.h"

#include <memory>

#include <gtest/gtest.h>

#include "base/error.h"

namespace latchkey {
namespace {

Result<int> number(bool ok) {
  if (!ok) return fail(ErrorCode::not_found, "no number");
  return 7;
}
Status nothing(bool ok) {
  if (!ok) return fail(ErrorCode::store_unavailable, "no store");
  return {};
}

Result<std::string> chain(bool first, bool second) {
  LATCHKEY_TRY(nothing(first));
  LATCHKEY_TRY_ASSIGN(const int value, number(second));
  return std::to_string(value);
}

TEST(Try, ValuesComeThrough) { EXPECT_EQ(chain(true, true), "7"); }

TEST(Try, TheFirstFailureIsTheAnswer) {
  const auto first = chain(false, false);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, ErrorCode::store_unavailable);
  EXPECT_EQ(first.error().detail, "no store");
  const auto second = chain(true, false);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::not_found);
}

Result<std::unique_ptr<int>> owner() { return std::make_unique<int>(3); }
Result<int> unwrap() {
  LATCHKEY_TRY_ASSIGN(const std::unique_ptr<int> held, owner());
  return *held;
}

TEST(Try, MoveOnlyValuesAreMoved) { EXPECT_EQ(unwrap(), 3); }

}  // namespace
}  // namespace latchkey
