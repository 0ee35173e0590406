// Brings answers from other threads to the connection loop. A Ticket names one request that waits;
// whoever holds it may answer once, from any thread, at any time, and may ask whether anybody still
// waits for it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace latchkey::broker::http {

class Mailbox;

// A plain value. The Server it comes from must outlive it; an answer to a connection that is gone,
// or to a server that has stopped, is dropped.
class Ticket {
 public:
  Ticket(Mailbox& mailbox, std::uint32_t slot, std::uint64_t serial)
      : mailbox_(&mailbox), slot_(slot), serial_(serial) {}

  // `bytes` is the whole answer, head and body. `close` ends the connection after it; the answer
  // should then say so.
  void answer(std::string bytes, bool close = false) const;
  // Whether the client has gone: the work can be dropped.
  [[nodiscard]] bool abandoned() const;

 private:
  Mailbox* mailbox_;
  std::uint32_t slot_;
  std::uint64_t serial_;
};

class Mailbox {
 public:
  struct Letter {
    std::uint32_t slot;    // of the connection
    std::uint64_t serial;  // of the request
    std::string bytes;
    bool close;
  };

  // For connections in slots below `slots`. Throws std::system_error when the system has no
  // descriptor left.
  explicit Mailbox(std::size_t slots);
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // From any thread.
  void post(Letter letter);
  void wake() const;
  [[nodiscard]] bool waits(std::uint32_t slot, std::uint64_t serial) const {
    return waiting_[slot].load(std::memory_order_relaxed) == serial;
  }

  // From the loop: which request the connection in that slot waits for (0: none).
  void set_waiting(std::uint32_t slot, std::uint64_t serial) {
    waiting_[slot].store(serial, std::memory_order_relaxed);
  }
  // An eventfd that is readable when there is something to collect.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  // Replaces the content of `letters` by what has come since.
  void collect(std::vector<Letter>& letters);

 private:
  int descriptor_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> waiting_;
  std::mutex mutex_;
  std::vector<Letter> letters_;
};

}  // namespace latchkey::broker::http
