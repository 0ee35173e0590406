// The primitives of sessions and flows, over OpenSSL 3. Byte strings go in and out as std::string;
// text forms are in base/encoding.h. Failures of the library itself (out of memory, a broken
// provider) throw std::runtime_error: they are not a visitor's doing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey {

std::string sha256(std::string_view data);                             // 32 bytes
std::string hmac_sha256(std::string_view key, std::string_view data);  // 32 bytes, RFC 2104
// RFC 5869 with an empty salt; `info` names the purpose.
std::string hkdf_sha256(std::string_view key, std::string_view info, std::size_t length = 32);

// AES-256-GCM. `key` is 32 bytes, `nonce` 12 bytes and never used twice with one key.
// Returns ciphertext followed by the 16-byte tag.
std::string aes_256_gcm_seal(std::string_view key, std::string_view nonce,
                             std::string_view plaintext, std::string_view associated_data);
// nullopt when the tag does not match.
std::optional<std::string> aes_256_gcm_open(std::string_view key, std::string_view nonce,
                                            std::string_view sealed,
                                            std::string_view associated_data);

// Compares without telling by time where the first difference is. Lengths are not secret.
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace latchkey
