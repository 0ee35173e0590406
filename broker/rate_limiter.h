// Counts events per key in fixed windows, in memory and bounded. Guessing passwords is slowed here
// (DESIGN section 10, login limits); social login and reset never pass through it for a locked
// account, so a stranger's failures do not lock the owner out.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace latchkey::broker {

class RateLimiter {
 public:
  explicit RateLimiter(const Clock& clock, std::size_t max_keys = 100'000);

  struct Limit {
    int events;
    std::chrono::seconds window;  // begins with the first event
  };
  // Counts one event of `key` (the purpose is part of it: "login/ip/192.0.2.1"). nullopt: within
  // the limit; otherwise the whole seconds until the window ends, at least 1.
  std::optional<int> take(const std::string& key, const Limit& limit);
  // Takes one event back: the attempt turned out not to be a failure.
  void give_back(const std::string& key);
  void forget(const std::string& key);

 private:
  struct Window {
    MonotonicPoint ends;
    int events = 0;
  };
  void make_room(MonotonicPoint now);

  const Clock& clock_;
  const std::size_t max_keys_;
  std::mutex mutex_;
  std::unordered_map<std::string, Window> windows_;
};

// The part of an address that limits count by: the address itself, or the /64 network of an IPv6
// one, which one visitor owns whole.
std::string limit_key_of_address(std::string_view address);

}  // namespace latchkey::broker
