#include "providers/id_token.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/try.h"
#include "providers/profile.h"

namespace latchkey::providers {
namespace {

constexpr std::size_t kMaxToken = std::size_t{64} * 1024;

tl::unexpected<Error> refuse(std::string_view why) {
  return fail(ErrorCode::provider_invalid_response, "ID token: " + std::string(why));
}

// The three parts of the compact form (RFC 7515 section 7.1).
std::optional<std::array<std::string_view, 3>> split(std::string_view text) {
  const std::size_t first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return std::array{text.substr(0, first), text.substr(first + 1, second - first - 1),
                    text.substr(second + 1)};
}

Result<JsonDocument> read_json(std::string_view part, std::string_view name) {
  const auto text = base64url_decode(part);
  if (!text) return refuse(std::string(name) + " is not base64url");
  auto document = JsonDocument::parse(*text, kMaxToken);
  if (!document || !document->root().is_object()) {
    return refuse(std::string(name) + " is not a JSON object");
  }
  return document;
}

std::optional<SignatureAlgorithm> algorithm_named(std::optional<std::string_view> alg) {
  if (alg == "RS256") return SignatureAlgorithm::rs256;
  if (alg == "ES256") return SignatureAlgorithm::es256;
  return std::nullopt;
}

Result<SignatureHeader> read_header(JsonView header,
                                    const std::vector<SignatureAlgorithm>& accepted) {
  const auto algorithm = algorithm_named(header["alg"].string());
  if (!algorithm || std::find(accepted.begin(), accepted.end(), *algorithm) == accepted.end()) {
    return refuse("alg is not accepted");
  }
  // RFC 7515 section 4.1.11: extensions that must be understood; Latchkey understands none.
  if (header["crit"].exists()) return refuse("crit is not understood");
  const auto kid = header["kid"].string();
  if (header["kid"].exists() && !kid) return refuse("kid is not a string");
  return SignatureHeader{.algorithm = *algorithm,
                         .kid = kid ? std::optional<std::string>(*kid) : std::nullopt};
}

Status check_audience(JsonView claims, std::string_view client_id) {
  const JsonView aud = claims["aud"];
  std::vector<JsonView> audiences = aud.items();
  if (aud.string()) audiences.push_back(aud);
  const bool all_strings = std::all_of(audiences.begin(), audiences.end(),
                                       [](JsonView item) { return item.string().has_value(); });
  const bool is_ours = std::any_of(audiences.begin(), audiences.end(),
                                   [&](JsonView item) { return item.string() == client_id; });
  if (!all_strings || !is_ours) return refuse("aud is not this client");
  const JsonView azp = claims["azp"];
  if (audiences.size() > 1 && !azp.exists()) return refuse("several audiences and no azp");
  if (azp.exists() && azp.string() != client_id) return refuse("azp is another client");
  return {};
}

Status check_times(JsonView claims, const IdTokenExpectations& expected) {
  const auto now = static_cast<double>(unix_seconds(expected.now));
  constexpr auto kSkew = static_cast<double>(kClockSkew.count());
  constexpr auto kOldest = static_cast<double>(kOldestIssue.count());
  const auto exp = claims["exp"].number();
  const auto iat = claims["iat"].number();
  if (!exp || now >= *exp + kSkew) return refuse("expired, or exp is missing");
  if (!iat || *iat > now + kSkew) return refuse("iat is missing or in the future");
  if (*iat < now - kOldest) return refuse("iat is too long ago");
  const JsonView nbf = claims["nbf"];
  if (nbf.exists() && (!nbf.number() || *nbf.number() > now + kSkew)) {
    return refuse("nbf is in the future");
  }
  const JsonView auth_time = claims["auth_time"];
  if (expected.fresh_login && auth_time.exists() &&
      (!auth_time.number() || *auth_time.number() < now - kOldest - kSkew)) {
    return refuse("auth_time is too long ago");
  }
  return {};
}

// Section 3.1.3.6: the left half of the SHA-256 of the access token.
bool at_hash_matches(JsonView at_hash, std::string_view access_token) {
  const std::string digest = sha256(access_token);
  const auto claimed = at_hash.string();
  return claimed &&
         constant_time_equal(*claimed, base64url_encode(digest.substr(0, digest.size() / 2)));
}

}  // namespace

Result<IdToken> IdToken::read(std::string_view text,
                              const std::vector<SignatureAlgorithm>& accepted) {
  if (text.size() > kMaxToken) return refuse("too long");
  const auto parts = split(text);
  if (!parts) return refuse("not three parts");
  const auto& [header, payload, signature] = *parts;
  IdToken token;
  LATCHKEY_TRY_ASSIGN(const JsonDocument header_json, read_json(header, "header"));
  LATCHKEY_TRY_ASSIGN(token.header_, read_header(header_json.root(), accepted));
  LATCHKEY_TRY_ASSIGN(token.claims_, read_json(payload, "payload"));
  auto signature_bytes = base64url_decode(signature);
  if (!signature_bytes) return refuse("signature is not base64url");
  token.signature_ = std::move(*signature_bytes);
  token.signed_part_ = text.substr(0, header.size() + 1 + payload.size());
  return token;
}

Status IdToken::verify(const std::vector<PublicKey>& keys,
                       const IdTokenExpectations& expected) const {
  if (keys.empty()) return refuse("no key of that kid and type");
  const bool is_signed = std::any_of(keys.begin(), keys.end(), [this](const PublicKey& key) {
    return key.algorithm() == header_.algorithm && key.verify(signed_part_, signature_);
  });
  if (!is_signed) return refuse("bad signature");
  const auto iss = claims()["iss"].string();
  if (!iss ||
      std::find(expected.issuers.begin(), expected.issuers.end(), *iss) == expected.issuers.end()) {
    return refuse("iss is another issuer");
  }
  LATCHKEY_TRY(check_audience(claims(), expected.client_id));
  LATCHKEY_TRY(check_times(claims(), expected));
  const auto nonce = claims()["nonce"].string();
  if (!nonce || expected.nonce.empty() || !constant_time_equal(*nonce, expected.nonce)) {
    return refuse("nonce is not the flow's");
  }
  if (!providers::subject(claims()["sub"])) return refuse("sub is missing or not usable");
  const JsonView at_hash = claims()["at_hash"];
  if (at_hash.exists() && !at_hash_matches(at_hash, expected.access_token)) {
    return refuse("at_hash is not the access token's");
  }
  return {};
}

std::string IdToken::subject() const { return std::string(claims()["sub"].string().value_or("")); }

}  // namespace latchkey::providers
