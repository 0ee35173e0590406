// Runs one thing on many threads and waits for all of them.
#pragma once

#include <thread>
#include <vector>

namespace latchkey::test {

// `act(i)` for i from 0 to threads - 1, each on a thread of its own.
template <class Act>
void in_parallel(int threads, Act act) {
  std::vector<std::thread> running;
  running.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) running.emplace_back([&act, i] { act(i); });
  for (auto& thread : running) thread.join();
}

}  // namespace latchkey::test
