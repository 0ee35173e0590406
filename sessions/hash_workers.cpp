#include "sessions/hash_workers.h"

#include <algorithm>
#include <exception>

#include <sys/resource.h>
#include <unistd.h>

namespace latchkey::sessions {
namespace {

constexpr int kNicer = 10;  // than the rest of the process

// On Linux a thread id counts as a process here, and only that thread is niced. The niceness is
// added to what the service was started with; the kernel caps it at 19. Raising one's own needs no
// privilege; were it refused all the same, hashing would only be less polite.
void nice_this_thread() {
  const auto thread = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, thread, getpriority(PRIO_PROCESS, thread) + kNicer);
}

}  // namespace

struct HashWorkers::Job {
  enum class Stage { waiting, done, refused };

  const std::function<void()>* work;  // the caller's, who waits for it
  Stage stage = Stage::waiting;
  std::exception_ptr thrown = nullptr;
  std::condition_variable over = {};
};

struct HashWorkers::State {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::shared_ptr<Job>> queue;
  std::size_t admitted = 0;  // queued or running
  std::size_t capacity = 0;
  bool stopping = false;
};

HashWorkers::HashWorkers(Options options) : state_(std::make_shared<State>()) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned threads = options.threads == 0 ? cores : options.threads;
  state_->capacity = std::size_t{threads} + options.queue;
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([state = state_] { serve(*state); });
}

HashWorkers::~HashWorkers() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (const auto& job : state_->queue) {
      job->stage = Job::Stage::refused;
      job->over.notify_one();
    }
    state_->queue.clear();
  }
  state_->wake.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool HashWorkers::run(const std::function<void()>& work) {
  const std::shared_ptr<State> state = state_;
  const auto job = std::make_shared<Job>();
  job->work = &work;
  std::unique_lock lock(state->mutex);
  if (state->stopping || state->admitted >= state->capacity) return false;
  ++state->admitted;
  state->queue.push_back(job);
  state->wake.notify_one();
  job->over.wait(lock, [&job] { return job->stage != Job::Stage::waiting; });
  if (job->thrown) std::rethrow_exception(job->thrown);
  return job->stage == Job::Stage::done;
}

std::size_t HashWorkers::admitted() const {
  const std::lock_guard lock(state_->mutex);
  return state_->admitted;
}

void HashWorkers::serve(State& state) {
  nice_this_thread();
  std::unique_lock lock(state.mutex);
  for (;;) {
    state.wake.wait(lock, [&state] { return state.stopping || !state.queue.empty(); });
    if (state.stopping) return;
    const std::shared_ptr<Job> job = std::move(state.queue.front());
    state.queue.pop_front();
    lock.unlock();
    try {
      (*job->work)();
    } catch (...) {
      job->thrown = std::current_exception();
    }
    lock.lock();
    --state.admitted;
    job->stage = Job::Stage::done;
    job->over.notify_one();
  }
}

}  // namespace latchkey::sessions
