// For what another process or thread does in its own time: a change takes a moment to come around.
// How long it takes is measured in bench/, not in tests.
#pragma once

#include <functional>

namespace latchkey::test {

// Asks until the answer is as wanted, at most 2,000 times.
inline bool eventually(const std::function<bool()>& wanted) {
  for (int i = 0; i < 2000; ++i) {
    if (wanted()) return true;
  }
  return false;
}

}  // namespace latchkey::test
