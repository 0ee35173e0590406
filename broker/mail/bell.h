// Wakes the sender of mails: rung after each commit that left a mail in the queue.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace latchkey::broker {

class Bell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    rang_.notify_one();
  }
  // Returns when it has been rung since the last wait, or after `at_most`.
  void wait(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    rang_.wait_for(lock, at_most, [this] { return rung_; });
    rung_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable rang_;
  bool rung_ = false;
};

}  // namespace latchkey::broker
