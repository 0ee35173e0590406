#include "broker/http/worker_pool.h"

#include <algorithm>
#include <utility>

namespace latchkey::broker::http {

WorkerPool::~WorkerPool() {
  std::vector<pthread_t> threads;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
    threads = running_;
    // Threads that see stopping_ leave the lists alone.
    threads.insert(threads.end(), ended_.begin(), ended_.end());
  }
  changed_.notify_all();
  for (const pthread_t thread : threads) ::pthread_join(thread, nullptr);
}

bool WorkerPool::submit(Job job) {
  std::vector<pthread_t> ended;
  {
    const std::lock_guard lock(mutex_);
    if (busy_ + queue_.size() >= options_.threads + options_.queue) return false;
    queue_.push_back(std::move(job));
    ended.swap(ended_);
    const bool wanted = queue_.size() > idle_ && running_.size() < options_.threads;
    if (wanted && !start_thread() && running_.empty()) {
      queue_.pop_back();
      return false;
    }
  }
  changed_.notify_one();
  // Not under the lock: they are past it.
  for (const pthread_t thread : ended) ::pthread_join(thread, nullptr);
  return true;
}

bool WorkerPool::start_thread() {
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return false;
  ::pthread_attr_setstacksize(&attributes, options_.stack_bytes);
  pthread_t thread{};
  const bool started = ::pthread_create(&thread, &attributes, &WorkerPool::enter, this) == 0;
  ::pthread_attr_destroy(&attributes);
  if (started) running_.push_back(thread);
  return started;
}

void* WorkerPool::enter(void* pool) {
  static_cast<WorkerPool*>(pool)->work();
  return nullptr;
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  while (wait_for_job(lock)) {
    {
      const Job job = std::move(queue_.front());
      queue_.pop_front();
      ++busy_;
      lock.unlock();
      job();
    }
    lock.lock();
    --busy_;
  }
  if (stopping_) return;
  const auto self = std::find_if(running_.begin(), running_.end(), [](pthread_t thread) {
    return ::pthread_equal(thread, ::pthread_self()) != 0;
  });
  ended_.push_back(*self);
  running_.erase(self);
}

// False when this thread should end.
bool WorkerPool::wait_for_job(std::unique_lock<std::mutex>& lock) {
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  ++idle_;
  while (!changed_.wait_for(lock, options_.idle_time, ready)) {
    if (running_.size() > options_.kept) break;
  }
  --idle_;
  return !stopping_ && !queue_.empty();
}

}  // namespace latchkey::broker::http
