// A place where threads wait until a test lets them go on, and where it can tell that they wait.
#pragma once

#include <condition_variable>
#include <mutex>

namespace latchkey::test {

class Gate {
 public:
  // Waits until the gate is open.
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrivals_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  // Returns when `count` threads have come to the gate.
  void wait_for_arrivals(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this, count] { return arrivals_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrivals_ = 0;
  bool open_ = false;
};

}  // namespace latchkey::test
