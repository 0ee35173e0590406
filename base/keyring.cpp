#include "base/keyring.h"

#include "base/crypto.h"
#include "base/encoding.h"

namespace latchkey {
namespace {

constexpr std::size_t kNonceBytes = 12;

}  // namespace

Keyring::Keyring(const Secret& current, const std::vector<Secret>& fallbacks) : masters_{current} {
  masters_.insert(masters_.end(), fallbacks.begin(), fallbacks.end());
}

std::vector<Secret> Keyring::derive(std::string_view purpose) const {
  std::vector<Secret> keys;
  keys.reserve(masters_.size());
  // The prefix keeps these keys apart from those of other programs that share the secret.
  const std::string info = "latchkey/" + std::string(purpose);
  for (const Secret& master : masters_) keys.emplace_back(hkdf_sha256(master.reveal(), info));
  return keys;
}

Sealer::Sealer(const Keyring& keyring, std::string_view purpose) : keys_(keyring.derive(purpose)) {}

std::string Sealer::seal(std::string_view plaintext, std::string_view context,
                         Random& random) const {
  const std::string nonce = random_bytes(random, kNonceBytes);
  return base64url_encode(nonce +
                          aes_256_gcm_seal(keys_.front().reveal(), nonce, plaintext, context));
}

std::optional<std::string> Sealer::open(std::string_view sealed, std::string_view context) const {
  const std::optional<std::string> bytes = base64url_decode(sealed);
  if (!bytes || bytes->size() < kNonceBytes) return std::nullopt;
  const std::string_view nonce = std::string_view(*bytes).substr(0, kNonceBytes);
  const std::string_view ciphertext = std::string_view(*bytes).substr(kNonceBytes);
  for (const Secret& key : keys_) {
    if (auto plaintext = aes_256_gcm_open(key.reveal(), nonce, ciphertext, context)) {
      return plaintext;
    }
  }
  return std::nullopt;
}

Signer::Signer(const Keyring& keyring, std::string_view purpose) : keys_(keyring.derive(purpose)) {}

std::string Signer::sign(std::string_view message) const {
  return hmac_sha256(keys_.front().reveal(), message);
}

std::vector<std::string> Signer::candidates(std::string_view message) const {
  std::vector<std::string> macs;
  macs.reserve(keys_.size());
  for (const Secret& key : keys_) macs.push_back(hmac_sha256(key.reveal(), message));
  return macs;
}

}  // namespace latchkey
