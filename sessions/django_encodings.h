// The encodings of Django's password hashers (django/contrib/auth/hashers.py, 1.10 to 6.1), so that
// the users of an application that moves to Latchkey keep their passwords. They are verified and
// never made: PasswordHasher::needs_rehash is true for them. Costs are read from the row and
// bounded, memory to 64 MiB and time, by estimate, to one or two seconds (argon2: the limits of
// argon2id.h). Each call computes a hash: call these on HashWorkers only.
#pragma once

#include <string_view>

#include "sessions/password_encodings.h"

namespace latchkey::sessions {

// pbkdf2_sha256$<iterations>$<salt>$<base64 of 32 bytes>; up to 5,000,000 iterations.
Verification django_pbkdf2_sha256_verify(std::string_view password, std::string_view encoded);

// pbkdf2_sha1$<iterations>$<salt>$<base64 of 20 bytes>; up to 5,000,000 iterations.
Verification django_pbkdf2_sha1_verify(std::string_view password, std::string_view encoded);

// argon2 and the PHC string after it: argon2$argon2id$v=19$…, argon2$argon2i$v=19$…
Verification django_argon2_verify(std::string_view password, std::string_view encoded);

// scrypt$<n>$<salt>$<r>$<p>$<base64 of 64 bytes>; up to 64 MiB (128 n r), p = 16, 512 MiB written.
Verification django_scrypt_verify(std::string_view password, std::string_view encoded);

// bcrypt_sha256$$2b$<rounds>$… over the hexadecimal SHA-256 of the password; 4 to 15 rounds.
Verification django_bcrypt_sha256_verify(std::string_view password, std::string_view encoded);

// bcrypt$$2b$<rounds>$… over the first 72 bytes of the password; 4 to 15 rounds.
Verification django_bcrypt_verify(std::string_view password, std::string_view encoded);

}  // namespace latchkey::sessions
