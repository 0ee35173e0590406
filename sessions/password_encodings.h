// The encodings of password hashes that Latchkey understands. An encoding is one function, named in
// one line of the table in password_encodings.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::sessions {

enum class Match {
  yes,
  no,
  not_understood,  // in no known encoding, malformed, or too costly: nothing was computed
};

struct Verification {
  Match match = Match::not_understood;
  std::uint64_t work = 0;  // what it cost, in KiB of argon2 memory written
};

// Computes a hash: call it on HashWorkers only.
Verification verify_encoded(std::string_view password, std::string_view encoded);

// A hash of no password that anybody has, in the encoding and at the cost of new ones.
std::string_view dummy_encoded();

}  // namespace latchkey::sessions
