// Reads and verifies an ID token (OpenID Connect Core section 3.1.3.7; SECURITY rule 5). Pure: the
// keys and the time are given. A token never chooses its own algorithm or key; `jwk`, `jku`, `x5u`
// and `x5c` in its header are not even looked at.
//
//   IdToken::read(text)           shape, header, an accepted algorithm
//   token.verify(keys, expected)  signature, then every claim
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/public_key.h"
#include "providers/jwks.h"

namespace latchkey::providers {

inline constexpr std::chrono::seconds kClockSkew{60};
inline constexpr std::chrono::seconds kOldestIssue{600};

struct IdTokenExpectations {
  std::vector<std::string> issuers;  // `iss` is one of these
  std::string_view client_id;
  std::string_view nonce;
  std::string_view access_token;  // for `at_hash`
  TimePoint now;
  bool fresh_login = false;  // an `auth_time` must be younger than kOldestIssue
};

class IdToken {
 public:
  // `accepted` are the algorithms pinned for the provider. Every fault, here and in verify(), is
  // provider_invalid_response.
  static Result<IdToken> read(std::string_view text,
                              const std::vector<SignatureAlgorithm>& accepted);

  [[nodiscard]] const SignatureHeader& header() const { return header_; }

  // Passes when one of `keys` made the signature and all claims are as expected.
  [[nodiscard]] Status verify(const std::vector<PublicKey>& keys,
                              const IdTokenExpectations& expected) const;

  // Nothing in here may be believed before verify() passed.
  [[nodiscard]] JsonView claims() const { return claims_.root(); }
  // `sub`, once verified.
  [[nodiscard]] std::string subject() const;

 private:
  SignatureHeader header_;
  std::string signed_part_;
  std::string signature_;
  JsonDocument claims_;
};

}  // namespace latchkey::providers
