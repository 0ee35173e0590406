#include "sessions/password_hasher.h"

#include <optional>
#include <stdexcept>

#include <sodium.h>

#include "base/log.h"
#include "sessions/argon2id.h"
#include "sessions/password_encodings.h"

namespace latchkey::sessions {
namespace {

// May be called again and from many threads; does its work once.
void start_libsodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot start");
}

Verification verify_at_equal_cost(std::string_view password, std::string_view encoded) {
  const Verification verification = verify_encoded(password, encoded);
  if (verification.match != Match::not_understood) return verification;
  if (!is_unusable(encoded)) {
    log::warn("password_hash.refused",
              {{"encoding", encoding_name(encoded)},
               {"detail", "in no known encoding, malformed, or over the limits of its costs"}});
  }
  Verification dummy = verify_encoded(password, dummy_encoded());
  if (dummy.match == Match::yes) dummy.match = Match::no;
  return dummy;
}

}  // namespace

PasswordHasher::PasswordHasher(Options options)
    : own_workers_(std::make_unique<HashWorkers>(
          HashWorkers::Options{.threads = options.threads, .queue = options.queue})),
      workers_(*own_workers_) {
  start_libsodium();
}

PasswordHasher::PasswordHasher(HashWorkers& workers) : workers_(workers) { start_libsodium(); }

Result<std::string> PasswordHasher::hash(const Secret& password) {
  if (password.reveal().size() > kMaxPasswordBytes) {
    return fail(ErrorCode::validation_failed, "the password is too long");
  }
  std::optional<std::string> encoded;
  if (!workers_.run([&] { encoded = argon2id_hash(password.reveal()); })) {
    return fail(ErrorCode::server_busy, "the queue for password hashing is full");
  }
  if (!encoded) return fail(ErrorCode::server_busy, "no memory for a password hash");
  work_done_ += kArgon2idCost.work();
  return *std::move(encoded);
}

Result<bool> PasswordHasher::verify(const Secret& password, std::string_view encoded) {
  if (password.reveal().size() > kMaxPasswordBytes) return false;
  Verification verification;
  if (!workers_.run([&] { verification = verify_at_equal_cost(password.reveal(), encoded); })) {
    return fail(ErrorCode::server_busy, "the queue for password hashing is full");
  }
  work_done_ += verification.work;
  return verification.match == Match::yes;
}

bool PasswordHasher::needs_rehash(std::string_view encoded) {
  return argon2id_cost(encoded) != kArgon2idCost;
}

}  // namespace latchkey::sessions
