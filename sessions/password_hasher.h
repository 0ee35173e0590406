// Password hashing, argon2id (RFC 9106) through libsodium: m = 19 MiB, t = 2, p = 1. Hashes in the
// other encodings of password_encodings.cpp verify, and are replaced at the login. Hashing is the
// one thing here that costs real CPU and memory, so it is bounded: at most as many at once as there
// are cores, on niced threads, and a short queue; beyond that the answer is server_busy.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "sessions/hash_workers.h"

namespace latchkey::sessions {

class PasswordHasher {
 public:
  struct Options {
    unsigned threads = 0;  // 0: as many as cores
    unsigned queue = 32;   // how many may wait besides
  };
  static constexpr std::size_t kMaxPasswordBytes = 1024;

  // On workers of its own. When it goes they finish what runs; what is queued is server_busy.
  explicit PasswordHasher(Options options);
  // On somebody else's workers, which outlive it.
  explicit PasswordHasher(HashWorkers& workers);

  // An encoded hash: $argon2id$v=19$m=19456,t=2,p=1$... Blocks the caller until a hasher has done
  // it. validation_failed over kMaxPasswordBytes, server_busy when the queue is full.
  Result<std::string> hash(const Secret& password);

  // `encoded` empty, or in no known encoding: does the same work on a dummy hash and answers
  // false, so that time does not tell whether an account exists or has a password. A hash in a
  // known encoding that is malformed or over its limits is the same, and logged. A password over
  // kMaxPasswordBytes is answered false without any work, whatever `encoded` is.
  Result<bool> verify(const Secret& password, std::string_view encoded);

  // Whether `encoded`, which has just been verified, is not what hash() makes today.
  [[nodiscard]] static bool needs_rehash(std::string_view encoded);

  // What has been computed so far, in KiB of memory written: m * t for each argon2 hash.
  [[nodiscard]] std::uint64_t work_done() const { return work_done_; }

 private:
  std::unique_ptr<HashWorkers> own_workers_;
  HashWorkers& workers_;
  std::atomic<std::uint64_t> work_done_{0};
};

}  // namespace latchkey::sessions
