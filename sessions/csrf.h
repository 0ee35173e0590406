// CSRF tokens (DESIGN section 5). 32 characters of a-zA-Z0-9, as front ends written for Django
// expect: 8 random ones and a MAC over them and the session they are bound to. A page reads the
// token from its cookie and sends it back in a header; both must be equal and bound to the session
// of the request. Bound by a MAC, a token planted by a neighbouring subdomain or taken from another
// session is worth nothing, and no table of tokens is needed.
#pragma once

#include <string>
#include <string_view>

#include "base/keyring.h"
#include "base/random.h"

namespace latchkey::sessions {

class CsrfTokens {
 public:
  CsrfTokens(const Keyring& keyring, Random& random);

  // `session_token_hash` empty: for a visitor without a session.
  [[nodiscard]] std::string issue(std::string_view session_token_hash) const;
  // Whether `token` was issued for exactly this session (or for none).
  [[nodiscard]] bool valid(std::string_view token, std::string_view session_token_hash) const;

 private:
  Signer signer_;
  Random& random_;
};

}  // namespace latchkey::sessions
