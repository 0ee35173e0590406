#include "broker/http/deadlines.h"

#include <algorithm>

namespace latchkey::broker::http {

void DeadlineEntry::unlink() {
  before_->after_ = after_;
  after_->before_ = before_;
  before_ = after_ = this;
}

void Deadlines::set(DeadlineEntry& entry, Deadline kind, MonotonicPoint now) {
  entry.unlink();
  entry.kind_ = kind;
  if (kind == Deadline::none) return;
  const auto index = static_cast<std::size_t>(kind);
  entry.due_ = now + lengths_[index];
  DeadlineEntry& queue = queues_[index];
  entry.before_ = queue.before_;
  entry.after_ = &queue;
  queue.before_->after_ = &entry;
  queue.before_ = &entry;
}

DeadlineEntry* Deadlines::expired(MonotonicPoint now) {
  for (DeadlineEntry& queue : queues_) {
    if (queue.after_ != &queue && queue.after_->due_ <= now) return queue.after_;
  }
  return nullptr;
}

DeadlineEntry* Deadlines::oldest(Deadline kind) {
  DeadlineEntry& queue = queues_[static_cast<std::size_t>(kind)];
  return queue.after_ == &queue ? nullptr : queue.after_;
}

std::optional<MonotonicPoint> Deadlines::next() const {
  std::optional<MonotonicPoint> soonest;
  for (const DeadlineEntry& queue : queues_) {
    if (queue.after_ == &queue) continue;
    soonest = soonest ? std::min(*soonest, queue.after_->due_) : queue.after_->due_;
  }
  return soonest;
}

}  // namespace latchkey::broker::http
