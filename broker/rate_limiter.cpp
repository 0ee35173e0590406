#include "broker/rate_limiter.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <arpa/inet.h>

#include "base/encoding.h"

namespace latchkey::broker {

RateLimiter::RateLimiter(const Clock& clock, std::size_t max_keys)
    : clock_(clock), max_keys_(max_keys) {}

std::optional<int> RateLimiter::take(const std::string& key, const Limit& limit) {
  const MonotonicPoint now = clock_.monotonic();
  const std::lock_guard lock(mutex_);
  auto found = windows_.find(key);
  if (found == windows_.end()) {
    make_room(now);
    found = windows_.emplace(key, Window{.ends = now + limit.window}).first;
  }
  Window& window = found->second;
  if (window.ends <= now) window = {.ends = now + limit.window};
  if (window.events < limit.events) {
    ++window.events;
    return std::nullopt;
  }
  const auto left = std::chrono::ceil<std::chrono::seconds>(window.ends - now);
  return std::max(1, static_cast<int>(left.count()));
}

void RateLimiter::give_back(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = windows_.find(key);
  if (found != windows_.end() && found->second.events > 0) --found->second.events;
}

void RateLimiter::forget(const std::string& key) {
  const std::lock_guard lock(mutex_);
  windows_.erase(key);
}

// Somebody with very many addresses may push old windows out, which loosens his own limits a little
// but never the memory's.
void RateLimiter::make_room(MonotonicPoint now) {
  if (windows_.size() < max_keys_) return;
  std::erase_if(windows_, [now](const auto& entry) { return entry.second.ends <= now; });
  if (windows_.size() >= max_keys_) windows_.erase(windows_.begin());
}

std::string limit_key_of_address(std::string_view address) {
  std::array<unsigned char, 16> bytes{};
  const std::string text(address);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return text;
  return hex_encode(std::string(bytes.begin(), bytes.begin() + 8));
}

}  // namespace latchkey::broker
