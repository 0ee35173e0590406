#include "base/secret.h"

#include <type_traits>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(Streamable<std::string>);
static_assert(!Streamable<Secret>, "a secret must not reach a log or a page by accident");
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(Secret, CopiesAndMovesItsValue) {
  Secret first{std::string("short")};
  const Secret copy = first;
  Secret moved = std::move(first);
  EXPECT_EQ(copy.reveal(), "short");
  EXPECT_EQ(moved.reveal(), "short");

  Secret assigned{std::string("another one, longer than the small buffer of a string")};
  assigned = copy;
  EXPECT_EQ(assigned.reveal(), "short");
  assigned = std::move(moved);
  EXPECT_EQ(assigned.reveal(), "short");
}

TEST(Secret, MovedFromSecretIsEmpty) {
  for (const std::string value : {"short", "longer than the small buffer of a string object"}) {
    Secret from{value};
    const Secret to = std::move(from);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): what is tested
    EXPECT_EQ(to.reveal(), value);
  }
}

TEST(Secret, MovedFromSecretLeavesNoBytesBehind) {
  Secret from{std::string("tiny-secret")};
  const char* const small_buffer = from.reveal().data();  // inside `from` itself
  const Secret to = std::move(from);
  EXPECT_EQ(std::string(small_buffer, 11), std::string(11, '\0'));
  EXPECT_EQ(to.reveal(), "tiny-secret");
}

TEST(Secret, AssigningToItselfKeepsTheValue) {
  Secret secret{std::string("kept")};
  const Secret& same = secret;
  secret = same;
  EXPECT_EQ(secret.reveal(), "kept");
}

}  // namespace
}  // namespace latchkey
