#include "sessions/seen_sessions.h"

#include <algorithm>

namespace latchkey::sessions {

SeenSessions::SeenSessions(Options options) : options_(options) {}

TimePoint SeenSessions::latest(std::int64_t id, TimePoint stored_at) const {
  const Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.notes.find(id);
  return found == shard.notes.end() ? stored_at : std::max(stored_at, found->second.seen_at);
}

bool SeenSessions::see(std::int64_t id, TimePoint now, TimePoint stored_at, TimePoint oldest) {
  Shard& shard = shard_of(id);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.notes.find(id); found != shard.notes.end()) {
    TimePoint& seen_at = found->second.seen_at;
    if (std::max(stored_at, seen_at) <= oldest) return false;
    seen_at = std::max(seen_at, now);
    return true;
  }
  if (stored_at <= oldest) return false;
  if (now > stored_at && shard.notes.size() < options_.max_entries / kShards) {
    shard.notes.emplace(id, Note{.seen_at = now,
                                 .stored_at = stored_at,
                                 .next_write_at = stored_at + options_.write_every});
  }
  return true;
}

std::vector<SeenSessions::Sighting> SeenSessions::due(TimePoint now) {
  std::vector<Sighting> sightings;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto it = shard.notes.begin(); it != shard.notes.end();) {
      const auto& [id, note] = *it;
      if (now < note.next_write_at) {
        ++it;
      } else if (note.seen_at > note.stored_at) {
        sightings.push_back({.id = id, .seen_at = note.seen_at});
        ++it;
      } else {
        it = shard.notes.erase(it);
      }
    }
  }
  // Instances that write the same rows at once lock them in the same order.
  std::sort(sightings.begin(), sightings.end(),
            [](const Sighting& a, const Sighting& b) { return a.id < b.id; });
  return sightings;
}

void SeenSessions::written(const std::vector<Sighting>& sightings, TimePoint now) {
  for (const Sighting& sighting : sightings) {
    Shard& shard = shard_of(sighting.id);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.notes.find(sighting.id);
    if (found == shard.notes.end()) continue;
    found->second.stored_at = std::max(found->second.stored_at, sighting.seen_at);
    found->second.next_write_at = now + options_.write_every;
  }
}

std::size_t SeenSessions::size() const {
  std::size_t total = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    total += shard.notes.size();
  }
  return total;
}

}  // namespace latchkey::sessions
