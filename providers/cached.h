// Something a provider publishes, fetched when first needed and kept: its metadata, its keys. One
// thread fetches at a time and the others share what it got, good or bad; a value that is too old
// is still served while it cannot be renewed or somebody else is renewing it.
#pragma once

#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/error.h"

namespace latchkey::providers {

struct CacheTimes {
  std::chrono::seconds keep = std::chrono::hours(1);
  std::chrono::seconds between_renewals = std::chrono::minutes(1);
};

// T is immutable once fetched. A Fetch is called without the lock and answers Result<T>.
template <class T>
class Cached {
 public:
  using Value = std::shared_ptr<const T>;

  explicit Cached(const Clock& clock, CacheTimes times = {}) : clock_(clock), times_(times) {}

  template <class Fetch>
  Result<Value> get(Fetch&& fetch) {
    std::unique_lock lock(mutex_);
    const Value have = value_;
    if (have && (clock_.monotonic() < stale_at_ || flight_)) return have;
    auto fetched = fetch_or_join(lock, fetch);
    return fetched || !have ? fetched : Result<Value>(have);
  }

  // For one who looked into `seen` and misses something: what is newer than `seen`, fetched now
  // unless that was asked for less than `between_renewals` ago. `seen` itself when there is no
  // newer one to be had.
  template <class Fetch>
  Result<Value> renew(const Value& seen, Fetch&& fetch) {
    std::unique_lock lock(mutex_);
    if (value_ != seen) return value_;
    if (!flight_) {
      const MonotonicPoint now = clock_.monotonic();
      if (renewed_at_ && now - *renewed_at_ < times_.between_renewals) return seen;
      renewed_at_ = now;
    }
    auto fetched = fetch_or_join(lock, fetch);
    return fetched ? fetched : Result<Value>(seen);
  }

 private:
  using Flight = std::shared_future<Result<Value>>;

  template <class Fetch>
  Result<Value> fetch_or_join(std::unique_lock<std::mutex>& lock, Fetch& fetch) {
    if (flight_) {
      const Flight flight = *flight_;
      lock.unlock();
      return flight.get();
    }
    std::promise<Result<Value>> landing;
    flight_ = landing.get_future().share();
    lock.unlock();
    Result<Value> result;
    try {
      result =
          fetch().map([](T&& value) -> Value { return std::make_shared<T>(std::move(value)); });
    } catch (...) {
      // Whoever joined must not wait for ever.
      lock.lock();
      flight_.reset();
      landing.set_exception(std::current_exception());
      throw;
    }
    lock.lock();
    flight_.reset();
    if (result) {
      value_ = *result;
      stale_at_ = clock_.monotonic() + times_.keep;
    }
    lock.unlock();
    landing.set_value(result);
    return result;
  }

  const Clock& clock_;
  const CacheTimes times_;
  std::mutex mutex_;
  Value value_;
  MonotonicPoint stale_at_{};
  std::optional<MonotonicPoint> renewed_at_;
  std::optional<Flight> flight_;
};

}  // namespace latchkey::providers
