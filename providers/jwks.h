// The public keys with which an issuer signs its ID tokens (RFC 7517), fetched when needed and kept
// for an hour (DESIGN section 10; SECURITY rules 5 and 6). Keys Latchkey would not trust a
// signature of are left out when the set is read, so whatever is found here may be used.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/public_key.h"
#include "providers/cached.h"
#include "providers/outbound.h"

namespace latchkey::providers {

// What a token's header says of its signature, after it was checked.
struct SignatureHeader {
  SignatureAlgorithm algorithm = SignatureAlgorithm::rs256;
  std::optional<std::string> kid;
};

class KeySet {
 public:
  static constexpr std::size_t kMaxKeys = 64;

  // provider_unavailable when `document` is no key set or has more than kMaxKeys.
  static Result<KeySet> read(JsonView document);

  // The keys of that kid and of the algorithm's type; several when the issuer gives one kid to more
  // than one. Without a kid: the only key of the type, and none when there is a choice.
  [[nodiscard]] std::vector<PublicKey> candidates(const SignatureHeader& header) const;

 private:
  struct Key {
    std::optional<std::string> kid;
    PublicKey key;
  };
  static std::optional<Key> read_key(JsonView jwk);

  std::vector<Key> keys_;
};

class Jwks {
 public:
  // The references outlive this.
  Jwks(Outbound& outbound, const Clock& clock) : outbound_(outbound), clock_(clock) {}

  // The keys at `url` that may have made such a signature. An unknown kid has the set fetched anew,
  // at most once a minute. Fails closed: provider_unavailable when there are no keys to be had,
  // an empty list when none fits.
  Result<std::vector<PublicKey>> candidates(const std::string& url, const SignatureHeader& header,
                                            const Deadline& deadline);

 private:
  std::shared_ptr<Cached<KeySet>> cache_for(const std::string& url);
  Result<KeySet> fetch(const std::string& url, const Deadline& deadline);

  Outbound& outbound_;
  const Clock& clock_;
  std::mutex mutex_;
  std::string url_;  // of the set in cache_; discovery may move it
  std::shared_ptr<Cached<KeySet>> cache_;
};

}  // namespace latchkey::providers
