// The deadlines of all connections. Every kind has one fixed length, so the connections of a kind
// stand in a queue in the order in which they run out: setting, moving and lifting a deadline is a
// few pointers, and the next one to run out is at the front of a queue.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace latchkey::broker::http {

enum class Deadline : std::uint8_t {
  none,
  idle,    // between requests
  head,    // from the first byte of a head to its last
  body,    // from the end of the head to the last byte of the body
  write,   // from the first byte that the client's window had no room for to the last one
  linger,  // from our last byte to the client's
};
inline constexpr std::size_t kDeadlines = 6;

// The place of one connection in the queues. It takes itself out when it goes.
class DeadlineEntry {
 public:
  DeadlineEntry() = default;
  ~DeadlineEntry() { unlink(); }
  DeadlineEntry(const DeadlineEntry&) = delete;
  DeadlineEntry& operator=(const DeadlineEntry&) = delete;

  [[nodiscard]] Deadline kind() const { return kind_; }

 private:
  friend class Deadlines;
  void unlink();

  DeadlineEntry* before_ = this;
  DeadlineEntry* after_ = this;
  MonotonicPoint due_;
  Deadline kind_ = Deadline::none;
};

class Deadlines {
 public:
  // How long each kind is; that of `none` does not matter.
  using Lengths = std::array<std::chrono::milliseconds, kDeadlines>;
  explicit Deadlines(const Lengths& lengths) : lengths_(lengths) {}

  // Starts a deadline of that kind at `now`, in place of the one that was; none: lifts it.
  void set(DeadlineEntry& entry, Deadline kind, MonotonicPoint now);
  // An entry whose deadline is over at `now`, or null.
  [[nodiscard]] DeadlineEntry* expired(MonotonicPoint now);
  // The entry of that kind that waits for longest, or null.
  [[nodiscard]] DeadlineEntry* oldest(Deadline kind);
  // When the next deadline is over.
  [[nodiscard]] std::optional<MonotonicPoint> next() const;

 private:
  Lengths lengths_;
  std::array<DeadlineEntry, kDeadlines> queues_;  // heads of rings
};

}  // namespace latchkey::broker::http
