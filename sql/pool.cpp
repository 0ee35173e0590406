#include "sql/pool.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"

namespace latchkey::sql {
namespace {

using std::chrono::steady_clock;

// After a failed connect, callers are told so at once for this long, instead of each waiting for
// the same time-out. Short, so that the pool is back as soon as the database is.
constexpr std::chrono::milliseconds kDownMemory{250};

}  // namespace

struct Pool::State {
  explicit State(Options pool_options) : options(std::move(pool_options)) {}

  const Options options;
  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex:
  std::vector<std::unique_ptr<Connection>> idle;  // the last one used is the first one lent
  int open = 0;                                   // idle, lent, and being opened
  steady_clock::time_point down_until;
  std::optional<Failure> down;  // the last connect's, until one succeeds

  std::unique_ptr<Connection> take_idle();
  Outcome<std::unique_ptr<Connection>> open_one();
  void give_back(std::unique_ptr<Connection> connection);
  void discard(std::unique_ptr<Connection> connection);
};

// With the mutex held.
std::unique_ptr<Connection> Pool::State::take_idle() {
  if (idle.empty()) return nullptr;
  auto connection = std::move(idle.back());
  idle.pop_back();
  return connection;
}

// Without the mutex, which connecting would hold for seconds; its place is counted already.
Outcome<std::unique_ptr<Connection>> Pool::State::open_one() {
  auto connection = Connection::open(
      options.url, {.connect = options.connect_timeout, .statement = options.statement_timeout});
  bool was_down = false;
  {
    const std::scoped_lock lock(mutex);
    was_down = down.has_value();
    if (connection) {
      down.reset();
      down_until = {};
    } else {
      --open;
      down = connection.error();
      down_until = steady_clock::now() + kDownMemory;
    }
  }
  if (!connection) {
    changed.notify_all();  // those who wait for a connection learn that there will be none
    if (!was_down) log::warn("store.down", {{"detail", connection.error().detail}});
  } else if (was_down) {
    log::info("store.up");
  }
  return connection;
}

void Pool::State::discard(std::unique_ptr<Connection> connection) {
  connection.reset();
  {
    const std::scoped_lock lock(mutex);
    --open;
  }
  changed.notify_one();
}

void Pool::State::give_back(std::unique_ptr<Connection> connection) {
  // Whoever borrows it next must not find this one's transaction open.
  const bool clean = connection->usable() &&
                     (!connection->in_transaction() || connection->execute_script("ROLLBACK")) &&
                     connection->usable() && !connection->in_transaction();
  if (!clean) return discard(std::move(connection));
  {
    const std::scoped_lock lock(mutex);
    idle.push_back(std::move(connection));
  }
  changed.notify_one();
}

Pool::Pool(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Pool::~Pool() = default;

Outcome<Pool::Lease> Pool::acquire() {
  const auto deadline = steady_clock::now() + state_->options.acquire_timeout;
  std::unique_lock lock(state_->mutex);
  for (;;) {
    if (auto connection = state_->take_idle()) {
      lock.unlock();
      if (connection->usable()) return Lease(*this, std::move(connection));
      state_->discard(std::move(connection));  // the server closed it meanwhile
      lock.lock();
      continue;
    }
    if (steady_clock::now() < state_->down_until) return tl::unexpected(*state_->down);
    if (state_->open < state_->options.size) {
      ++state_->open;
      lock.unlock();
      return state_->open_one().map([this](std::unique_ptr<Connection> connection) {
        return Lease(*this, std::move(connection));
      });
    }
    if (state_->changed.wait_until(lock, deadline) == std::cv_status::timeout) {
      return tl::unexpected<Failure>(
          {.kind = FailureKind::connection,
           .detail = "all " + std::to_string(state_->options.size) + " connections are in use"});
    }
  }
}

Pool::Lease::Lease(Pool& pool, std::unique_ptr<Connection> connection)
    : pool_(&pool), connection_(std::move(connection)) {}

Pool::Lease::Lease(Lease&&) noexcept = default;

Pool::Lease::~Lease() {
  if (connection_) pool_->state_->give_back(std::move(connection_));
}

}  // namespace latchkey::sql
