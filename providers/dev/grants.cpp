#include "providers/dev/grants.h"

#include <algorithm>

namespace latchkey::providers::dev {

bool Grant::has_scope(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

std::optional<FaultOrder> Grant::take_fault(Endpoint endpoint) {
  if (!fault || fault->endpoint != endpoint || fault_struck.exchange(true)) return std::nullopt;
  return fault;
}

void GrantMap::put(std::string key, GrantPtr grant) {
  Shard& shard = shards_[shard_of(key)];
  GrantPtr oldest;  // goes after the lock
  const std::lock_guard lock(shard.mutex);
  if (shard.by_age.size() == kMaxPerShard) {
    const auto it = shard.grants.find(shard.by_age.front());
    oldest = std::move(it->second);
    shard.grants.erase(it);
    shard.by_age.pop_front();
  }
  shard.by_age.push_back(key);
  shard.grants.emplace(std::move(key), std::move(grant));
}

GrantPtr GrantMap::find(std::string_view key) const {
  const Shard& shard = shards_[shard_of(key)];
  const std::lock_guard lock(shard.mutex);
  const auto it = shard.grants.find(key);
  return it == shard.grants.end() ? nullptr : it->second;
}

void GrantMap::clear() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.grants.clear();
    shard.by_age.clear();
  }
}

}  // namespace latchkey::providers::dev
