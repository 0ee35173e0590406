// The few threads that compute password hashes, with a short queue before them. A login flood meets
// a full queue here and costs no more than these threads, which are niced, so that session checks
// stay fast beside it (SECURITY rule 15).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace latchkey::sessions {

class HashWorkers {
 public:
  struct Options {
    unsigned threads = 0;  // 0: as many as cores
    unsigned queue = 0;    // how many may wait besides those that run
  };

  explicit HashWorkers(Options options);
  ~HashWorkers();  // waits for what is running; what is queued is refused
  HashWorkers(const HashWorkers&) = delete;
  HashWorkers& operator=(const HashWorkers&) = delete;

  // Runs `work` on a worker and waits until it is done. False, and not run, when the queue is full
  // or the workers are stopping. What `work` throws is thrown here.
  [[nodiscard]] bool run(const std::function<void()>& work);

  // How many are queued or running now.
  [[nodiscard]] std::size_t admitted() const;

 private:
  struct Job;
  struct State;

  static void serve(State& state);

  // Shared with the callers that wait, whom the destructor does not outwait.
  std::shared_ptr<State> state_;
  std::vector<std::thread> threads_;
};

}  // namespace latchkey::sessions
