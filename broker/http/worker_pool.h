// Threads for handlers that block. They start when there is work for them, up to a fixed number,
// and those that find nothing to do for a while end, so that an idle service holds few stacks. The
// queue is short: when it is full the service is overloaded, and saying so at once is the kindest
// answer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include <pthread.h>

namespace latchkey::broker::http {

struct WorkerOptions {
  std::size_t threads = 128;
  std::size_t queue = 1024;  // jobs that wait while every thread is busy
  std::size_t stack_bytes = std::size_t{1024} * 1024;
  std::chrono::milliseconds idle_time{10'000};
  std::size_t kept = 4;  // threads that stay however little there is to do
};

class WorkerPool {
 public:
  // Must not throw.
  using Job = std::function<void()>;

  explicit WorkerPool(const WorkerOptions& options) : options_(options) {}
  // Forgets the queue and waits for the jobs that run.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when every thread is busy and the queue is full; the job is not taken then.
  [[nodiscard]] bool submit(Job job);

 private:
  static void* enter(void* pool);
  void work();
  [[nodiscard]] bool wait_for_job(std::unique_lock<std::mutex>& lock);
  bool start_thread();

  const WorkerOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> queue_;
  std::vector<pthread_t> running_;
  std::vector<pthread_t> ended_;  // to be joined
  std::size_t busy_ = 0;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace latchkey::broker::http
