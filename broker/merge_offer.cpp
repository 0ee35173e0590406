#include "broker/merge_offer.h"

#include "base/json.h"

namespace latchkey::broker {

std::string MergeOffers::cookie_name() const {
  return config_.cookie_secure ? "__Host-latchkey_merge" : "latchkey_merge";
}

// Sealed in the context of the session, so that it opens for no other.
sessions::SetCookie MergeOffers::make(const sessions::LiveSession& session,
                                      const std::string& provider,
                                      const std::string& subject) const {
  const TimePoint expires_at = clock_.now() + kLifetime;
  JsonWriter json;
  json.begin_object()
      .field("user", session.user.id)
      .field("provider", provider)
      .field("subject", subject)
      .field("expires_at", expires_at.time_since_epoch().count())
      .end_object();
  return {.name = cookie_name(),
          .value = sealer_.seal(json.text(), session.token_hash, random_),
          .max_age = kLifetime,
          .secure = config_.cookie_secure};
}

std::optional<MergeOffer> MergeOffers::find(const sessions::CookieJar& jar,
                                            const sessions::LiveSession& session) const {
  const auto sealed = jar.get(cookie_name());
  const auto text = sealed ? sealer_.open(*sealed, session.token_hash) : std::nullopt;
  if (!text) return std::nullopt;
  const auto document = JsonDocument::parse(*text);
  if (!document) return std::nullopt;
  const JsonView root = document->root();
  MergeOffer offer{.user = root["user"].integer().value_or(0),
                   .provider = std::string(root["provider"].string().value_or("")),
                   .subject = std::string(root["subject"].string().value_or("")),
                   .expires_at = TimePoint(Duration(root["expires_at"].integer().value_or(0)))};
  if (offer.user != session.user.id || offer.expires_at <= clock_.now()) return std::nullopt;
  return offer;
}

}  // namespace latchkey::broker
