#include "broker/bulkhead.h"

#include <utility>

namespace latchkey::broker {

Bulkhead::Place::Place(Place&& other) noexcept
    : bulkhead_(std::exchange(other.bulkhead_, nullptr)), provider_(std::move(other.provider_)) {}

Bulkhead::Place::~Place() {
  if (bulkhead_ == nullptr) return;
  const std::lock_guard lock(bulkhead_->mutex_);
  --bulkhead_->taken_[provider_];
}

std::optional<Bulkhead::Place> Bulkhead::enter(const std::string& provider) {
  const std::lock_guard lock(mutex_);
  int& taken = taken_[provider];
  if (taken == places_) return std::nullopt;
  ++taken;
  return Place(*this, provider);
}

}  // namespace latchkey::broker
