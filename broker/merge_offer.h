// What is left in the browser of a visitor who connects an identity that belongs to another user:
// the proof that they are both, sealed into a cookie. Within a few minutes they have signed in here
// and been vouched for by the provider as the other one's identity, which is what merging the two
// accounts demands. The other user is whoever owns the identity when the offer is taken up.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/keyring.h"
#include "base/random.h"
#include "config/config.h"
#include "sessions/cookies.h"
#include "sessions/session_service.h"

namespace latchkey::broker {

struct MergeOffer {
  sql::UserId user = 0;  // who was signed in
  std::string provider;
  std::string subject;  // of the identity that another user owns
  TimePoint expires_at;
};

class MergeOffers {
 public:
  static constexpr std::chrono::minutes kLifetime{10};

  MergeOffers(const Keyring& keyring, const config::Session& config, const Clock& clock,
              Random& random)
      : sealer_(keyring, "latchkey merge offer v1"),
        config_(config),
        clock_(clock),
        random_(random) {}

  [[nodiscard]] sessions::SetCookie make(const sessions::LiveSession& session,
                                         const std::string& provider,
                                         const std::string& subject) const;
  // nullopt unless it was made for this very session less than kLifetime ago.
  [[nodiscard]] std::optional<MergeOffer> find(const sessions::CookieJar& jar,
                                               const sessions::LiveSession& session) const;

 private:
  [[nodiscard]] std::string cookie_name() const;

  Sealer sealer_;
  const config::Session& config_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace latchkey::broker
