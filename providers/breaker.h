// Keeps an ill provider from holding up its visitors (DESIGN section 10, "provider ill"): after
// five faults in a row its requests fail at once for ten seconds, then exactly one goes through to
// see.
//
//   closed --5 faults in a row--> open --10 s--> probing --success--> closed
//                                  ^                |--fault--------> open
//                                                   '--lost---------> open, its wait over
//
// Thread-safe. One per provider, so that one's illness is nobody else's.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "providers/health.h"

namespace latchkey::providers {

class Breaker {
 public:
  static constexpr int kFaults = 5;
  static constexpr std::chrono::seconds kOpenFor{10};

  // `provider` is named in the log when the breaker opens and closes. `clock` outlives this.
  Breaker(std::string provider, const Clock& clock)
      : provider_(std::move(provider)), clock_(clock) {}

  // The right to make one request. Its holder says how it went; one that goes without a word (an
  // exception, a fault of our own) tells nothing of the provider, and a probe's place is free
  // again.
  class Permit {
   public:
    Permit(Permit&& other) noexcept
        : breaker_(std::exchange(other.breaker_, nullptr)), round_(other.round_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit();

    void succeeded();
    // `detail` is for the log and for staff: what went wrong, never what the provider wrote.
    void failed(std::string detail);
    // Our own configuration kept the request from being made: no news about the provider, but staff
    // want to know.
    void prevented(std::string detail);

   private:
    friend class Breaker;
    Permit(Breaker& breaker, std::uint64_t round) : breaker_(&breaker), round_(round) {}

    Breaker* breaker_;     // null when reported or moved from
    std::uint64_t round_;  // in which round it was given out
  };

  // nullopt: do not ask the provider now.
  std::optional<Permit> enter();
  // Whole seconds until it may be asked again, at least 1.
  [[nodiscard]] int retry_after() const;
  // What is known of the provider; asks nobody.
  [[nodiscard]] ProviderHealth health() const;

 private:
  enum class State { closed, open, probing };
  enum class Outcome { success, fault, prevented, lost };

  void report(std::uint64_t round, Outcome outcome, std::string detail = {});
  void note(Outcome outcome, std::string detail);
  void open();

  const std::string provider_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  State state_ = State::closed;
  // Counts the changes of state: what began before the last one is no news about the provider.
  std::uint64_t round_ = 0;
  int faults_ = 0;  // in a row
  MonotonicPoint open_until_{};
  std::string last_fault_;  // empty since the last success
  std::optional<TimePoint> last_success_at_;
  std::optional<TimePoint> last_failure_at_;
};

}  // namespace latchkey::providers
