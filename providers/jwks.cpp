#include "providers/jwks.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/try.h"

namespace latchkey::providers {
namespace {

std::optional<std::string> decoded(JsonView member) {
  const auto text = member.string();
  return text ? base64url_decode(*text) : std::nullopt;
}

// `alg`, `use` and `key_ops` may be absent (RFC 7517 section 4), but must not say otherwise.
bool is_for_signatures(JsonView jwk, std::string_view alg) {
  if (jwk["alg"].exists() && jwk["alg"].string() != alg) return false;
  if (jwk["use"].exists() && jwk["use"].string() != "sig") return false;
  if (!jwk["key_ops"].exists()) return true;
  const auto operations = jwk["key_ops"].items();
  return std::any_of(operations.begin(), operations.end(),
                     [](JsonView operation) { return operation.string() == "verify"; });
}

Result<PublicKey> read_public_key(JsonView jwk) {
  if (jwk["kty"].string() == "RSA" && is_for_signatures(jwk, "RS256")) {
    const auto modulus = decoded(jwk["n"]);
    const auto exponent = decoded(jwk["e"]);
    if (modulus && exponent) return PublicKey::rsa(*modulus, *exponent);
  }
  if (jwk["kty"].string() == "EC" && jwk["crv"].string() == "P-256" &&
      is_for_signatures(jwk, "ES256")) {
    const auto x = decoded(jwk["x"]);
    const auto y = decoded(jwk["y"]);
    if (x && y) return PublicKey::p256(*x, *y);
  }
  return fail(ErrorCode::provider_invalid_response, "not a usable key");
}

}  // namespace

std::optional<KeySet::Key> KeySet::read_key(JsonView jwk) {
  const auto kid = jwk["kid"].string();
  if (jwk["kid"].exists() && !kid) return std::nullopt;
  auto key = read_public_key(jwk);
  if (!key) return std::nullopt;
  return Key{.kid = kid ? std::optional<std::string>(*kid) : std::nullopt, .key = std::move(*key)};
}

Result<KeySet> KeySet::read(JsonView document) {
  if (!document["keys"].is_array()) {
    return fail(ErrorCode::provider_unavailable, "not a key set");
  }
  const auto jwks = document["keys"].items();
  if (jwks.size() > kMaxKeys) return fail(ErrorCode::provider_unavailable, "too many keys");
  KeySet set;
  for (const JsonView jwk : jwks) {
    if (auto key = read_key(jwk)) set.keys_.push_back(std::move(*key));
  }
  return set;
}

std::vector<PublicKey> KeySet::candidates(const SignatureHeader& header) const {
  std::vector<PublicKey> found;
  for (const Key& key : keys_) {
    if (key.key.algorithm() != header.algorithm) continue;
    if (!header.kid || key.kid == header.kid) found.push_back(key.key);
  }
  if (!header.kid && found.size() > 1) return {};
  return found;
}

Result<std::vector<PublicKey>> Jwks::candidates(const std::string& url,
                                                const SignatureHeader& header,
                                                const Deadline& deadline) {
  const auto cache = cache_for(url);
  const auto fetch_set = [&] { return fetch(url, deadline); };
  LATCHKEY_TRY_ASSIGN(auto set, cache->get(fetch_set));
  auto found = set->candidates(header);
  if (!found.empty() || !header.kid) return found;
  LATCHKEY_TRY_ASSIGN(set, cache->renew(set, fetch_set));
  return set->candidates(header);
}

std::shared_ptr<Cached<KeySet>> Jwks::cache_for(const std::string& url) {
  const std::lock_guard lock(mutex_);
  if (!cache_ || url_ != url) {
    url_ = url;
    cache_ = std::make_shared<Cached<KeySet>>(clock_);
  }
  return cache_;
}

Result<KeySet> Jwks::fetch(const std::string& url, const Deadline& deadline) {
  auto set =
      outbound_.get_object({.url = url, .headers = {{"Accept", "application/json"}}}, deadline)
          .and_then([](const JsonDocument& document) { return KeySet::read(document.root()); });
  if (set) return set;
  // A refused or senseless answer is no better than none: without keys nobody can be let in.
  return fail({.code = ErrorCode::provider_unavailable,
               .detail = "keys: " + set.error().detail,
               .retry_after = set.error().retry_after});
}

}  // namespace latchkey::providers
