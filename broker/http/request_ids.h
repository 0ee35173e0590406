// Names for requests, for the log and for people who ask about one: 16 hexadecimal digits, unique
// within a process and, as the start is random, practically beyond.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/random.h"

namespace latchkey::broker::http {

// Thread-safe. An identifier is no secret, so it costs no system call: a counter, scattered by the
// finalizer of SplitMix64 (Steele, Lea, Flood 2014), which maps no two numbers to one.
class RequestIds {
 public:
  explicit RequestIds(Random& random) {
    const std::string start = random_bytes(random, sizeof(std::uint64_t));
    std::uint64_t number = 0;
    std::memcpy(&number, start.data(), sizeof number);
    next_.store(number, std::memory_order_relaxed);
  }

  [[nodiscard]] std::string next() const {
    constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;
    std::uint64_t z = next_.fetch_add(kGoldenGamma, std::memory_order_relaxed);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111eb;
    z ^= z >> 31U;
    std::string id(16, '0');
    for (char& digit : id) {
      digit = "0123456789abcdef"[z & 0xfU];
      z >>= 4U;
    }
    return id;
  }

 private:
  mutable std::atomic<std::uint64_t> next_;
};

}  // namespace latchkey::broker::http
