#include "base/random.h"

#include <array>
#include <stdexcept>
#include <string_view>

#include <openssl/rand.h>

#include "base/encoding.h"

namespace latchkey {

void SystemRandom::fill(std::span<unsigned char> out) {
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) {
    throw std::runtime_error("OpenSSL has no randomness to give");
  }
}

std::string random_bytes(Random& random, std::size_t bytes) {
  std::string out(bytes, '\0');
  random.fill({reinterpret_cast<unsigned char*>(out.data()), out.size()});
  return out;
}

std::string random_token(Random& random, std::size_t bytes) {
  return base64url_encode(random_bytes(random, bytes));
}

std::string random_alphanumeric(Random& random, std::size_t length) {
  static constexpr std::string_view kAlphabet =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  // 248 is the largest multiple of 62 in a byte; higher bytes are drawn again, because a plain
  // modulo would favour the first letters.
  static constexpr unsigned kLimit = 256 - 256 % kAlphabet.size();
  std::string out;
  out.reserve(length);
  while (out.size() < length) {
    std::array<unsigned char, 64> pool{};
    random.fill(pool);
    for (const unsigned byte : pool) {
      if (byte < kLimit && out.size() < length) out.push_back(kAlphabet[byte % kAlphabet.size()]);
    }
  }
  return out;
}

}  // namespace latchkey
