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
  std::uint64_t work = 0;  // what it cost, in KiB of memory written; 0 where none is needed
};

// Computes a hash: call it on HashWorkers only.
Verification verify_encoded(std::string_view password, std::string_view encoded);

// What `encoded` claims to be, for a log line: a name of the table or "unknown", nothing of the
// hash.
std::string_view encoding_name(std::string_view encoded);

// Whether it says that there is no password: empty, or Django's "!…".
bool is_unusable(std::string_view encoded);

// A hash of no password that anybody has, in the encoding and at the cost of new ones.
std::string_view dummy_encoded();

}  // namespace latchkey::sessions
