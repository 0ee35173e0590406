#include "sessions/session_cache.h"

#include <algorithm>

namespace latchkey::sessions {

SessionCache::SessionCache(const Clock& clock, std::size_t max_entries)
    : clock_(clock), max_per_shard_(std::max<std::size_t>(1, max_entries / shards_.size())) {}

SessionCache::Shard& SessionCache::shard_of(const std::string& token_hash) const {
  return shards_[static_cast<unsigned char>(token_hash.front()) % shards_.size()];
}

std::optional<LiveSession> SessionCache::find(const std::string& token_hash) const {
  if (!open_) return std::nullopt;
  const MonotonicPoint oldest = clock_.monotonic() - kFreshFor;
  Shard& shard = shard_of(token_hash);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_hash.find(token_hash);
  if (found == shard.by_hash.end()) return std::nullopt;
  if (found->second.read_at <= oldest) {
    erase(shard, found);
    return std::nullopt;
  }
  return found->second.live;
}

void SessionCache::put(const LiveSession& live, Mark mark) {
  const MonotonicPoint now = clock_.monotonic();
  Shard& shard = shard_of(live.token_hash);
  const std::lock_guard lock(shard.mutex);
  // Checked under the lock: whoever forgets counts first and takes the lock afterwards, so a change
  // is either seen here or finds the entry that is made here.
  if (!open_ || changes_.load() != mark) return;
  if (shard.by_hash.size() >= max_per_shard_) erase(shard, shard.by_hash.begin());
  shard.by_hash.insert_or_assign(live.token_hash, Entry{.live = live, .read_at = now});
  shard.of_user[live.user.id].insert(live.token_hash);
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
    for (const std::string& token_hash : of_user->second) shard.by_hash.erase(token_hash);
    shard.of_user.erase(of_user);
  }
}

void SessionCache::open() { open_ = true; }

void SessionCache::close() {
  open_ = false;
  ++changes_;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.by_hash.clear();
    shard.of_user.clear();
  }
}

void SessionCache::erase(Shard& shard, std::unordered_map<std::string, Entry>::iterator entry) {
  const auto of_user = shard.of_user.find(entry->second.live.user.id);
  if (of_user != shard.of_user.end()) {
    of_user->second.erase(entry->first);
    if (of_user->second.empty()) shard.of_user.erase(of_user);
  }
  shard.by_hash.erase(entry);
}

void CachedLookup::find(std::string token_hash, Callback done) {
  if (auto cached = cache_.find(token_hash)) return done(std::move(cached));
  const SessionCache::Mark mark = cache_.mark();
  store_.find(std::move(token_hash), [this, mark, done = std::move(done)](Answer answer) {
    if (answer && *answer) cache_.put(**answer, mark);
    done(std::move(answer));
  });
}

}  // namespace latchkey::sessions
