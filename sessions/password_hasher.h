// Password hashing, argon2id (RFC 9106) through libsodium: m = 19 MiB, t = 2, p = 1. Hashing is the
// one thing here that costs real CPU and memory, so it is bounded: at most as many at once as there
// are cores, on niced threads, and a short queue; beyond that the answer is server_busy.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace latchkey::sessions {

class PasswordHasher {
 public:
  struct Options {
    unsigned threads = 0;  // 0: as many as cores
    unsigned queue = 32;
  };
  static constexpr std::size_t kMaxPasswordBytes = 1024;

  explicit PasswordHasher(Options options);
  ~PasswordHasher();  // waits for what is running; what is queued is answered server_busy

  // An encoded hash: $argon2id$v=19$m=19456,t=2,p=1$…. Blocks the caller until a hasher has done
  // it. validation_failed over kMaxPasswordBytes, server_busy when the queue is full.
  Result<std::string> hash(const Secret& password);

  // `encoded` empty, or in no known encoding: does the same work on a dummy hash and answers
  // false, so that time does not tell whether an account exists or has a password.
  Result<bool> verify(const Secret& password, std::string_view encoded);

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace latchkey::sessions
