#include "providers/dev/id_token.h"

#include "base/crypto.h"
#include "base/encoding.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::int64_t kLifetime = 3600;
constexpr std::int64_t kLongAgo = 2 * kLifetime;

// OpenID Connect Core section 3.1.3.6
std::string at_hash(const std::string& access_token) {
  return base64url_encode(sha256(access_token).substr(0, 16));
}

std::string claims_of(const Call& call, const Grant& grant, const std::string& access_token,
                      std::optional<Fault> fault) {
  const std::string audience = fault == Fault::wrong_audience ? "another-client" : grant.client_id;
  std::int64_t issued = unix_seconds(call.world.clock.now());
  if (fault == Fault::expired_token) issued -= kLongAgo;
  JsonWriter claims;
  claims.begin_object()
      .field("iss", call.world.issuer_of(call.stand_in) +
                        (fault == Fault::wrong_issuer ? "/someone-else" : ""))
      .field("azp", audience)
      .field("aud", audience)
      .field("sub", openid_account(*grant.person, call.stand_in).subject)
      .field("at_hash", at_hash(access_token))
      .field("iat", issued)
      .field("exp", issued + kLifetime);
  if (fault == Fault::wrong_nonce) {
    claims.field("nonce", "wrong-" + grant.nonce);
  } else if (!grant.nonce.empty()) {
    claims.field("nonce", grant.nonce);
  }
  write_person_claims(call, grant, claims);
  return claims.end_object().text();
}

// Another first character: still base64url, and another signature.
std::string spoil_signature(std::string token) {
  char& at = token[token.rfind('.') + 1];
  at = at == 'A' ? 'B' : 'A';
  return token;
}

}  // namespace

const OpenidAccount& openid_account(const Person& person, StandIn stand_in) {
  return stand_in == StandIn::google ? person.google : person.oidc;
}

void write_person_claims(const Call& call, const Grant& grant, JsonWriter& into) {
  const Person& person = *grant.person;
  const OpenidAccount& account = openid_account(person, call.stand_in);
  if (grant.has_scope("email") && account.email && !grant.email_withheld) {
    into.field("email", *account.email).field("email_verified", account.email_verified);
  }
  if (!account.hosted_domain.empty()) into.field("hd", account.hosted_domain);
  if (!grant.has_scope("profile")) return;
  const std::size_t space = person.name.find(' ');
  into.field("name", person.name).field("given_name", person.name.substr(0, space));
  if (space != std::string::npos) into.field("family_name", person.name.substr(space + 1));
  into.field("picture", call.world.avatar_of(person));
}

std::string make_id_token(const Call& call, const Grant& grant, const std::string& access_token,
                          std::optional<Fault> fault) {
  IssuerKey& issuer_key = call.world.key_of(call.stand_in);
  const auto key = fault == Fault::rotated_key ? issuer_key.rotate() : issuer_key.current();
  const std::string claims = claims_of(call, grant, access_token, fault);
  if (fault == Fault::unsigned_token) {
    // RFC 7519 section 6
    return base64url_encode(R"({"alg":"none"})") + '.' + base64url_encode(claims) + '.';
  }
  std::string token = key->sign_token(claims);
  return fault == Fault::bad_signature ? spoil_signature(std::move(token)) : token;
}

}  // namespace latchkey::providers::dev
