// Live sessions that were looked up lately, so that most checks need no database (DESIGN section
// 12). It is told at once when a user's sessions or account change
// (sql/migrations/0005_user_changes.sql), and holds nothing longer than thirty seconds; while
// nobody can tell it, it is closed and knows nothing. Only live sessions are kept: a token that is
// unknown now may be issued in a moment.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "sessions/session_lookup.h"

namespace latchkey::sessions {

// Thread-safe.
class SessionCache {
 public:
  static constexpr std::chrono::seconds kFreshFor{30};

  explicit SessionCache(const Clock& clock, std::size_t max_entries = 32'768);

  // What has been forgotten so far. Taken before the store is asked, it tells put() whether the
  // answer may have been overtaken by a change.
  using Mark = std::uint64_t;
  [[nodiscard]] Mark mark() const { return changes_.load(); }

  // Null: not known here.
  [[nodiscard]] SessionPtr find(std::string_view token_hash) const;
  // Keeps an answer of the store, unless it is closed or anything was forgotten since `mark`.
  void put(SessionPtr live, Mark mark);

  void forget_session(const std::string& token_hash);
  void forget_user(sql::UserId user);

  // From now on changes reach it.
  void open();
  // From now on they may not: it forgets everything and keeps nothing.
  void close();
  [[nodiscard]] bool is_open() const { return open_; }

 private:
  struct Entry {
    SessionPtr live;
    MonotonicPoint read_at;
  };
  // A token's hash is as good as random: any eight bytes of it are a hash, the last one a shard.
  struct Prefix {
    std::size_t operator()(std::string_view token_hash) const;
  };
  // The keys are the hashes inside the entries.
  using ByHash = std::unordered_map<std::string_view, Entry, Prefix>;
  struct alignas(64) Shard {  // a cache line of its own for each lock
    mutable std::mutex mutex;
    ByHash by_hash;
    std::unordered_map<sql::UserId, std::unordered_set<std::string_view>> of_user;
  };
  [[nodiscard]] Shard& shard_of(std::string_view token_hash) const;
  static void erase(Shard& shard, ByHash::iterator entry);

  const Clock& clock_;
  const std::size_t max_per_shard_;
  std::atomic<bool> open_{false};
  std::atomic<Mark> changes_{0};
  mutable std::array<Shard, 16> shards_;
};

// Asks the cache first, then `store`.
class CachedLookup final : public SessionLookup {
 public:
  CachedLookup(SessionCache& cache, SessionLookup& store) : cache_(cache), store_(store) {}
  void find(std::string token_hash, Callback done) override;
  SessionPtr remembered(std::string_view token_hash) override { return cache_.find(token_hash); }
  void forget_session(const std::string& token_hash) override { cache_.forget_session(token_hash); }
  void forget_user(sql::UserId user) override { cache_.forget_user(user); }

 private:
  SessionCache& cache_;
  SessionLookup& store_;
};

}  // namespace latchkey::sessions
