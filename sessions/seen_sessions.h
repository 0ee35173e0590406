// When this process last saw each session, until the store knows. Checks come from many threads at
// once and must not queue up behind one lock, so the notes lie in shards; and a store that is away
// for hours must not eat the memory, so they are bounded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/clock.h"

namespace latchkey::sessions {

class SeenSessions {
 public:
  // How far the stored last_seen_at may lag behind: a minute between writes, and the time until the
  // next flush. The store must not call a session idle that this process has just seen.
  static constexpr std::chrono::minutes kStoredLag{2};

  struct Options {
    Duration write_every = std::chrono::minutes(1);  // per session
    std::size_t max_entries = std::size_t{1} << 20;  // beyond: not noted
  };
  struct Sighting {
    std::int64_t id = 0;
    TimePoint seen_at;
  };

  explicit SeenSessions(Options options);

  // When the session was last seen: `stored_at`, which is what the store says, or a later time
  // noted here.
  [[nodiscard]] TimePoint latest(std::int64_t id, TimePoint stored_at) const;
  // Notes that the session is seen at `now`, and answers whether it was seen after `oldest` before:
  // if not, it has lapsed, and nothing is noted.
  [[nodiscard]] bool see(std::int64_t id, TimePoint now, TimePoint stored_at, TimePoint oldest);

  // What is to be written now, ordered by id, and stays noted until written() confirms it. Notes
  // that the store has and that no longer hold a write back are forgotten.
  [[nodiscard]] std::vector<Sighting> due(TimePoint now);
  void written(const std::vector<Sighting>& sightings, TimePoint now);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Note {
    TimePoint seen_at;
    TimePoint stored_at;
    TimePoint next_write_at;
  };
  static constexpr std::size_t kShards = 16;
  struct alignas(64) Shard {  // a cache line of its own for each lock
    mutable std::mutex mutex;
    std::unordered_map<std::int64_t, Note> notes;
  };

  // Ids are drawn from a sequence, so their last bits spread evenly.
  [[nodiscard]] Shard& shard_of(std::int64_t id) {
    return shards_[static_cast<std::size_t>(id) % kShards];
  }
  [[nodiscard]] const Shard& shard_of(std::int64_t id) const {
    return shards_[static_cast<std::size_t>(id) % kShards];
  }

  Options options_;
  std::array<Shard, kShards> shards_;
};

}  // namespace latchkey::sessions
