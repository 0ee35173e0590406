// Randomness that a test can foresee: a counter, hashed. Never the same bytes twice.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/crypto.h"
#include "base/random.h"

namespace latchkey::test {

class FakeRandom final : public Random {
 public:
  void fill(std::span<unsigned char> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const std::string block = sha256("fake random " + std::to_string(counter_++));
      for (std::size_t i = 0; i < block.size() && done < out.size(); ++i, ++done) {
        out[done] = static_cast<unsigned char>(block[i]);
      }
    }
  }

 private:
  std::atomic<std::uint64_t> counter_{0};
};

}  // namespace latchkey::test
