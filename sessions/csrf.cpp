#include "sessions/csrf.h"

#include "base/crypto.h"
#include "base/encoding.h"

namespace latchkey::sessions {
namespace {

constexpr std::size_t kNonceLength = 8;
constexpr std::size_t kMacLength = 24;  // 142 bits

// The nonce has a fixed length, so no two pairs of hash and nonce make one message.
std::string message_of(std::string_view session_token_hash, std::string_view nonce) {
  std::string message("csrf|");
  message.append(session_token_hash).append("|").append(nonce);
  return message;
}

}  // namespace

CsrfTokens::CsrfTokens(const Keyring& keyring, Random& random)
    : signer_(keyring, "csrf token v1"), random_(random) {}

std::string CsrfTokens::issue(std::string_view session_token_hash) const {
  const std::string nonce = random_alphanumeric(random_, kNonceLength);
  return nonce + base62_encode(signer_.sign(message_of(session_token_hash, nonce)), kMacLength);
}

bool CsrfTokens::valid(std::string_view token, std::string_view session_token_hash) const {
  if (token.size() != kNonceLength + kMacLength) return false;
  const std::string_view nonce = token.substr(0, kNonceLength);
  const std::string_view mac = token.substr(kNonceLength);
  bool valid = false;
  for (const std::string& candidate : signer_.candidates(message_of(session_token_hash, nonce))) {
    valid |= constant_time_equal(base62_encode(candidate, kMacLength), mac);
  }
  return valid;
}

}  // namespace latchkey::sessions
