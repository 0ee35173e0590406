// Randomness is passed in, so that a test can make a flow's tokens known. SystemRandom is OpenSSL's
// CSPRNG.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace latchkey {

class Random {
 public:
  virtual ~Random() = default;
  // Fills `out` with unpredictable bytes. Throws std::runtime_error when the system has none: there
  // is no safe way to go on.
  virtual void fill(std::span<unsigned char> out) = 0;
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<unsigned char> out) override;
};

// `bytes` random bytes, raw.
std::string random_bytes(Random& random, std::size_t bytes);
// `bytes` random bytes as unpadded base64url: 32 bytes make the 43 characters of a session token.
std::string random_token(Random& random, std::size_t bytes = 32);
// `length` characters of a-zA-Z0-9, unbiased.
std::string random_alphanumeric(Random& random, std::size_t length);

}  // namespace latchkey
