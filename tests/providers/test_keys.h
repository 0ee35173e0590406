// Signing keys and ID tokens for the tests, honest and forged, made with OpenSSL as they are
// needed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "base/public_key.h"

namespace latchkey::test {

struct PkeyCleanup {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Pkey = std::shared_ptr<EVP_PKEY>;

Pkey make_rsa_key(int bits = 2048);
Pkey make_p256_key();

// A JWK (RFC 7517) of the public half. `extra` are further members, e.g. R"(,"use":"enc")".
std::string jwk(const Pkey& key, std::string_view kid, std::string_view extra = "");
// The public half as the code under test holds it.
PublicKey public_key(const Pkey& key);

// RS256 or ES256 by the key's type; ES256 as raw r || s.
std::string signature(const Pkey& key, std::string_view message);

std::string join_jwt(std::string_view header, std::string_view payload,
                     std::string_view signature_bytes);
// A compact JWS with that header and payload, signed by `key`.
std::string sign_jwt(const Pkey& key, std::string_view header, std::string_view payload);

// One key of each kind for the whole test program, because making them takes time.
const Pkey& shared_rsa_key();
const Pkey& shared_p256_key();

}  // namespace latchkey::test
