// `server.secret_key` and its fallbacks, split into one key per purpose (HKDF, RFC 5869). New
// values are made with the current key; values made with a fallback still verify, so a key can be
// rotated without logging anyone out. A value made for one purpose never passes for another.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/secret.h"

namespace latchkey {

class Keyring {
 public:
  Keyring(const Secret& current, const std::vector<Secret>& fallbacks);

  // Derived 32-byte keys for `purpose`, the current one first.
  [[nodiscard]] std::vector<Secret> derive(std::string_view purpose) const;

 private:
  std::vector<Secret> masters_;
};

// Seals small values for a browser to carry (AES-256-GCM, random nonce, base64url).
class Sealer {
 public:
  Sealer(const Keyring& keyring, std::string_view purpose);

  // `context` is authenticated but not stored, e.g. the cookie's name.
  [[nodiscard]] std::string seal(std::string_view plaintext, std::string_view context,
                                 Random& random) const;
  // nullopt for anything not sealed here for this purpose and context.
  [[nodiscard]] std::optional<std::string> open(std::string_view sealed,
                                                std::string_view context) const;

 private:
  std::vector<Secret> keys_;
};

// HMAC-SHA256 under the keyring.
class Signer {
 public:
  Signer(const Keyring& keyring, std::string_view purpose);

  [[nodiscard]] std::string sign(std::string_view message) const;  // 32 bytes, with the current key
  // The MACs of `message` under every key, current first, for comparing a shortened form.
  [[nodiscard]] std::vector<std::string> candidates(std::string_view message) const;

 private:
  std::vector<Secret> keys_;
};

}  // namespace latchkey
