#include "broker/completion_gate.h"

namespace latchkey::broker {

CompletionGate::Passage::Passage(CompletionGate& gate, std::string state_hash)
    : gate_(gate), state_hash_(std::move(state_hash)) {}

CompletionGate::Passage::~Passage() {
  const std::lock_guard lock(gate_.mutex_);
  gate_.waiting_.erase(state_hash_);
  gate_.ended_.notify_all();
}

std::unique_ptr<CompletionGate::Passage> CompletionGate::enter(const std::string& state_hash) {
  const std::lock_guard lock(mutex_);
  if (!waiting_.emplace(state_hash, 0).second) return nullptr;
  return std::make_unique<Passage>(*this, state_hash);
}

bool CompletionGate::wait(const std::string& state_hash) {
  std::unique_lock lock(mutex_);
  const auto found = waiting_.find(state_hash);
  if (found == waiting_.end()) return true;
  if (found->second == kMaxWaiting) return false;
  ++found->second;
  return ended_.wait_for(lock, kLongest, [&] { return !waiting_.contains(state_hash); });
}

}  // namespace latchkey::broker
