// A flow is one trip to a provider. It lives in the browser only, sealed into a cookie of its own,
// so that beginning one writes nothing to the database and several tabs do not disturb each other.
// The cookie's name is derived from the state, so the callback finds its own among several.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/keyring.h"
#include "base/random.h"
#include "broker/link_policy.h"
#include "config/config.h"
#include "sessions/cookies.h"

namespace latchkey::broker {

struct Flow {
  std::string provider;
  std::string state;          // 256 bits, base64url
  std::string code_verifier;  // RFC 7636 section 4.1, 43 characters
  std::string nonce;
  std::string next;
  std::string redirect_uri;
  Intent intent = Intent::sign_in;
  std::string session_token_hash;  // raw; of the session it was begun in, but to sign in empty
  TimePoint started_at;
};

class FlowCookies {
 public:
  static constexpr std::chrono::minutes kLifetime{10};
  static constexpr std::size_t kMaxAtOnce = 7;

  FlowCookies(const Keyring& keyring, const config::Session& config, Random& random);

  // The cookie to set, and deletions of the oldest ones beyond kMaxAtOnce and of those that cannot
  // be opened.
  [[nodiscard]] std::vector<sessions::SetCookie> keep(const Flow& flow,
                                                      const sessions::CookieJar& jar) const;
  // The flow whose state this is, if this browser began it. Compares the state in constant time;
  // does not look at the time.
  [[nodiscard]] std::optional<Flow> find(std::string_view state,
                                         const sessions::CookieJar& jar) const;
  [[nodiscard]] sessions::SetCookie forget(std::string_view state) const;

 private:
  [[nodiscard]] std::string name_of(std::string_view state) const;
  [[nodiscard]] sessions::SetCookie cookie(std::string name, std::string value,
                                           std::chrono::seconds max_age) const;
  [[nodiscard]] std::optional<Flow> open(std::string_view sealed, std::string_view name) const;

  Sealer sealer_;
  const config::Session& config_;
  Random& random_;
  std::string prefix_;
};

}  // namespace latchkey::broker
