// The value of an Outcome or Result that a test takes for granted. A failure throws, which fails
// the test with the failure's own words.
#pragma once

#include <stdexcept>
#include <utility>

#include <tl/expected.hpp>

namespace latchkey::test {

template <class T, class E>
T must(tl::expected<T, E> outcome) {
  if (!outcome) throw std::runtime_error("a test's precondition failed: " + outcome.error().detail);
  if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

}  // namespace latchkey::test
