#include "sessions/session_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace latchkey::sessions {

SessionCache::SessionCache(const Clock& clock, std::size_t max_entries)
    : clock_(clock), max_per_shard_(std::max<std::size_t>(1, max_entries / shards_.size())) {}

std::size_t SessionCache::Prefix::operator()(std::string_view token_hash) const {
  std::size_t prefix = 0;
  std::memcpy(&prefix, token_hash.data(), std::min(sizeof prefix, token_hash.size()));
  return prefix;
}

SessionCache::Shard& SessionCache::shard_of(std::string_view token_hash) const {
  return shards_[static_cast<unsigned char>(token_hash.back()) % shards_.size()];
}

SessionPtr SessionCache::find(std::string_view token_hash) const {
  if (!open_) return nullptr;
  const MonotonicPoint oldest = clock_.monotonic() - kFreshFor;
  Shard& shard = shard_of(token_hash);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_hash.find(token_hash);
  if (found == shard.by_hash.end()) return nullptr;
  if (found->second.read_at <= oldest) {
    erase(shard, found);
    return nullptr;
  }
  return found->second.live;
}

void SessionCache::put(SessionPtr live, Mark mark) {
  const MonotonicPoint now = clock_.monotonic();
  Shard& shard = shard_of(live->token_hash);
  const std::lock_guard lock(shard.mutex);
  // Checked under the lock: whoever forgets counts first and takes the lock afterwards, so a change
  // is either seen here or finds the entry that is made here.
  if (!open_ || changes_.load() != mark) return;
  const auto known = shard.by_hash.find(live->token_hash);
  if (known != shard.by_hash.end()) {
    // The key lies inside the entry, so it goes with it.
    erase(shard, known);
  } else if (shard.by_hash.size() >= max_per_shard_) {
    erase(shard, shard.by_hash.begin());
  }
  const std::string_view key = live->token_hash;
  shard.of_user[live->user.id].insert(key);
  shard.by_hash.emplace(key, Entry{.live = std::move(live), .read_at = now});
}

void SessionCache::forget_session(const std::string& token_hash) {
  ++changes_;
  Shard& shard = shard_of(token_hash);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_hash.find(token_hash);
  if (found != shard.by_hash.end()) erase(shard, found);
}

void SessionCache::forget_user(sql::UserId user) {
  ++changes_;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    const auto of_user = shard.of_user.find(user);
    if (of_user == shard.of_user.end()) continue;
    // Its keys lie inside the entries, so they go first.
    const auto token_hashes = std::move(of_user->second);
    shard.of_user.erase(of_user);
    for (const std::string_view token_hash : token_hashes) shard.by_hash.erase(token_hash);
  }
}

void SessionCache::open() { open_ = true; }

void SessionCache::close() {
  open_ = false;
  ++changes_;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.of_user.clear();
    shard.by_hash.clear();
  }
}

void SessionCache::erase(Shard& shard, ByHash::iterator entry) {
  const auto of_user = shard.of_user.find(entry->second.live->user.id);
  if (of_user != shard.of_user.end()) {
    of_user->second.erase(entry->first);
    if (of_user->second.empty()) shard.of_user.erase(of_user);
  }
  shard.by_hash.erase(entry);
}

void CachedLookup::find(std::string token_hash, Callback done) {
  if (SessionPtr cached = cache_.find(token_hash)) return done(std::move(cached));
  const SessionCache::Mark mark = cache_.mark();
  store_.find(std::move(token_hash), [this, mark, done = std::move(done)](Answer answer) {
    if (answer && *answer) cache_.put(*answer, mark);
    done(std::move(answer));
  });
}

}  // namespace latchkey::sessions
