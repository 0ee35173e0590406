// Front ends that mount twice (React in development) post the same code twice at once. The state's
// claim lets one through; this gate lets the other wait until the first has its answer, so that it
// can repeat that answer instead of an error. Only this process's completions are known here:
// across instances the second is told `state_replayed`.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace latchkey::broker {

class CompletionGate {
 public:
  // Longer than one exchange may take (DESIGN section 10, outbound).
  static constexpr std::chrono::seconds kLongest{12};
  // Waiting holds a worker thread, so only a few may.
  static constexpr int kMaxWaiting = 2;

  // Marks the completion of a state as under way while it lives.
  class Passage {
   public:
    Passage(CompletionGate& gate, std::string state_hash);
    ~Passage();
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;

   private:
    CompletionGate& gate_;
    std::string state_hash_;
  };

  // Null when a completion of that state is under way.
  std::unique_ptr<Passage> enter(const std::string& state_hash);
  // Waits for the completion under way to end. False, at once, when too many wait already.
  bool wait(const std::string& state_hash);

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::string, int> waiting_;  // by state hash of completions under way
};

}  // namespace latchkey::broker
