// argon2id (RFC 9106) through libsodium, in the encoding of the PHC string format:
// $argon2id$v=19$m=<KiB>,t=<passes>,p=<lanes>$<salt>$<hash>, base64 without padding. Each call
// computes a hash: call these on HashWorkers only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sessions/password_encodings.h"

namespace latchkey::sessions {

struct Argon2idCost {
  unsigned memory_kib = 19456;
  unsigned passes = 2;
  unsigned lanes = 1;

  friend bool operator==(const Argon2idCost&, const Argon2idCost&) = default;

  // Memory written, in KiB.
  [[nodiscard]] std::uint64_t work() const { return std::uint64_t{memory_kib} * passes; }
};

// What new hashes cost (DESIGN section 10).
inline constexpr Argon2idCost kArgon2idCost{};

// The costs an encoded hash names. nullopt when it is not well-formed, or so costly that computing
// it would be a denial of service: over 256 MiB, 16 passes, 16 lanes, or 1 GiB written.
std::optional<Argon2idCost> argon2id_cost(std::string_view encoded);

// With a random salt, at kArgon2idCost. nullopt when there is no memory for it.
std::optional<std::string> argon2id_hash(std::string_view password);

Verification argon2id_verify(std::string_view password, std::string_view encoded);

// Its elder sister, $argon2i$v=19$…, which is verified within the same limits and never made.
Verification argon2i_verify(std::string_view password, std::string_view encoded);

}  // namespace latchkey::sessions
