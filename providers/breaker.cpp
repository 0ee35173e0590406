#include "providers/breaker.h"

#include <algorithm>

#include "base/log.h"

namespace latchkey::providers {

Breaker::Permit::~Permit() {
  if (breaker_ != nullptr) breaker_->report(round_, Outcome::lost);
}

void Breaker::Permit::succeeded() {
  if (Breaker* breaker = std::exchange(breaker_, nullptr))
    breaker->report(round_, Outcome::success);
}

void Breaker::Permit::failed() {
  if (Breaker* breaker = std::exchange(breaker_, nullptr)) breaker->report(round_, Outcome::fault);
}

std::optional<Breaker::Permit> Breaker::enter() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::probing) return std::nullopt;
  if (state_ == State::open) {
    if (clock_.monotonic() < open_until_) return std::nullopt;
    state_ = State::probing;
    ++round_;
  }
  return Permit(*this, round_);
}

int Breaker::retry_after() const {
  const std::lock_guard lock(mutex_);
  const auto left = std::chrono::ceil<std::chrono::seconds>(open_until_ - clock_.monotonic());
  return std::max(1, static_cast<int>(left.count()));
}

void Breaker::report(std::uint64_t round, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  if (round != round_) return;
  const bool was_probe = state_ == State::probing;
  switch (outcome) {
    case Outcome::success:
      faults_ = 0;
      if (was_probe) {
        state_ = State::closed;
        ++round_;
        log::info("provider.recovered", {{"provider", provider_}});
      }
      return;
    case Outcome::fault:
      if (was_probe || ++faults_ >= kFaults) open();
      return;
    case Outcome::lost:
      if (was_probe) {
        state_ = State::open;  // open_until_ has passed: the next one probes
        ++round_;
      }
      return;
  }
}

void Breaker::open() {
  log::warn("provider.ill", {{"provider", provider_}, {"seconds", int{kOpenFor.count()}}});
  state_ = State::open;
  ++round_;
  faults_ = 0;
  open_until_ = clock_.monotonic() + kOpenFor;
}

}  // namespace latchkey::providers
