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

void Breaker::Permit::failed(std::string detail) {
  if (Breaker* breaker = std::exchange(breaker_, nullptr))
    breaker->report(round_, Outcome::fault, std::move(detail));
}

void Breaker::Permit::prevented(std::string detail) {
  if (Breaker* breaker = std::exchange(breaker_, nullptr))
    breaker->report(round_, Outcome::prevented, std::move(detail));
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

ProviderHealth Breaker::health() const {
  const std::lock_guard lock(mutex_);
  ProviderHealth health{.detail = last_fault_,
                        .failures = faults_,
                        .last_success_at = last_success_at_,
                        .last_failure_at = last_failure_at_};
  if (state_ != State::closed) health.state = ProviderHealth::State::ill;
  if (state_ == State::open) {
    health.retry_at =
        clock_.now() + std::chrono::duration_cast<Duration>(open_until_ - clock_.monotonic());
  }
  return health;
}

void Breaker::note(Outcome outcome, std::string detail) {
  if (outcome == Outcome::lost) return;
  if (outcome == Outcome::success) {
    last_success_at_ = clock_.now();
  } else {
    last_failure_at_ = clock_.now();
  }
  last_fault_ = std::move(detail);
}

void Breaker::report(std::uint64_t round, Outcome outcome, std::string detail) {
  const std::lock_guard lock(mutex_);
  if (round != round_) return;
  note(outcome, std::move(detail));
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
      // A probe is only made after that many.
      if (++faults_ >= kFaults) open();
      return;
    case Outcome::prevented:
    case Outcome::lost:
      if (was_probe) {
        state_ = State::open;  // open_until_ has passed: the next one probes
        ++round_;
      }
      return;
  }
}

void Breaker::open() {
  log::warn("provider.ill",
            {{"provider", provider_}, {"seconds", int{kOpenFor.count()}}, {"detail", last_fault_}});
  state_ = State::open;
  ++round_;
  open_until_ = clock_.monotonic() + kOpenFor;
}

}  // namespace latchkey::providers
