#include <gmock/gmock.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/public_key.h"
#include "fixture.h"
#include "id_tokens.h"

namespace latchkey::test {
namespace {

class Openid : public DevFixture, public testing::WithParamInterface<StandIn> {
 protected:
  static std::string path(const std::string& endpoint) {
    return '/' + std::string(name_of(GetParam())) + '/' + endpoint;
  }
  static Reply sign_in(const std::string& person, const QueryParameters& changes = {}) {
    return exchange(GetParam(), token_form(code_for(GetParam(), person, changes)));
  }
};

TEST_P(Openid, DiscoveryLeadsToEveryEndpoint) {
  const JsonDocument document = get(path(".well-known/openid-configuration")).json();
  const std::string issuer = dev().base_url() + '/' + std::string(name_of(GetParam()));
  EXPECT_EQ(document.root()["issuer"].string(), issuer);
  EXPECT_EQ(document.root()["authorization_endpoint"].string(), issuer + "/authorize");
  EXPECT_EQ(document.root()["token_endpoint"].string(), issuer + "/token");
  EXPECT_EQ(document.root()["jwks_uri"].string(), issuer + "/jwks");
  EXPECT_EQ(document.root()["userinfo_endpoint"].string(), issuer + "/userinfo");
  EXPECT_EQ(document.root()["authorization_response_iss_parameter_supported"].boolean(), true);
  EXPECT_EQ(document.root()["code_challenge_methods_supported"].items().at(0).string(), "S256");
}

TEST_P(Openid, TheIdTokenIsSignedByTheKeyOfTheSet) {
  const std::string token = sign_in("ada").text("id_token");
  EXPECT_TRUE(is_signed_by(token, get(path("jwks")).json().root()));
}

TEST_P(Openid, TheIdTokenSaysWhoWhenAndForWhom) {
  const Reply reply = sign_in("ada");
  const JsonDocument document = claims_of(reply.text("id_token"));
  const JsonView claims = document.root();
  const std::int64_t now = unix_seconds(clock().now());
  EXPECT_EQ(claims["iss"].string(), dev().base_url() + '/' + std::string(name_of(GetParam())));
  EXPECT_EQ(claims["aud"].string(), "app-1");
  EXPECT_EQ(claims["azp"].string(), "app-1");
  EXPECT_EQ(claims["nonce"].string(), "nonce-1");
  EXPECT_EQ(claims["iat"].integer(), now);
  EXPECT_EQ(claims["exp"].integer(), now + 3600);
  EXPECT_EQ(claims["email"].string(), "ada@example.com");
  EXPECT_EQ(claims["email_verified"].boolean(), true);
  EXPECT_EQ(claims["name"].string(), "Ada Lovelace");
  EXPECT_EQ(claims["given_name"].string(), "Ada");
  EXPECT_EQ(claims["family_name"].string(), "Lovelace");
  EXPECT_EQ(claims["at_hash"].string(),
            base64url_encode(sha256(reply.text("access_token")).substr(0, 16)));
}

TEST_P(Openid, ScopesDecideWhatIsTold) {
  const Reply bare = sign_in("ada", {{"scope", "openid"}});
  const JsonDocument claims = claims_of(bare.text("id_token"));
  EXPECT_FALSE(claims.root()["email"].exists());
  EXPECT_FALSE(claims.root()["name"].exists());
  EXPECT_FALSE(sign_in("ada", {{"scope", "email"}}).json().root()["id_token"].exists());
}

TEST_P(Openid, UserinfoTellsTheSamePerson) {
  const Reply reply = sign_in("grace");
  const JsonDocument claims = claims_of(reply.text("id_token"));
  const Reply userinfo = get(path("userinfo"), bearer(reply.text("access_token")));
  EXPECT_EQ(userinfo.text("sub"), claims.root()["sub"].string());
  EXPECT_EQ(userinfo.text("email"), "grace.hopper@gmail.com");
}

TEST_P(Openid, UserinfoWithoutATokenIsUnauthorized) {
  const Reply reply = get(path("userinfo"));
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
}

TEST_P(Openid, RefusalsAreThoseOfRfc6749) {
  const auto refusal = [](const QueryParameters& changes) {
    return exchange(GetParam(), token_form(code_for(GetParam(), "ada"), changes));
  };
  EXPECT_EQ(refusal({{"code", "unknown"}}).status, 400);
  EXPECT_EQ(refusal({{"code", "unknown"}}).text("error"), "invalid_grant");
  EXPECT_EQ(refusal({{"code_verifier", "wrong"}}).text("error"), "invalid_grant");
  EXPECT_EQ(refusal({{"client_secret", "wrong"}}).status, 401);
  EXPECT_EQ(refusal({{"client_secret", "wrong"}}).text("error"), "invalid_client");
  EXPECT_EQ(refusal({{"grant_type", ""}}).text("error"), "unsupported_grant_type");
}

TEST_P(Openid, APersonIsTheSameSubjectEachTime) {
  const auto subject = [](const std::string& person) {
    return std::string(*claims_of(sign_in(person).text("id_token")).root()["sub"].string());
  };
  EXPECT_EQ(subject("ada"), subject("ada"));
  EXPECT_NE(subject("ada"), subject("alan"));
  EXPECT_NE(subject("fresh"), subject("fresh"));
}

INSTANTIATE_TEST_SUITE_P(At, Openid, testing::Values(StandIn::google, StandIn::oidc),
                         [](const auto& row) { return std::string(name_of(row.param)); });

class Google : public DevFixture {
 protected:
  static JsonDocument claims(const std::string& person) {
    return claims_of(
        exchange(StandIn::google, token_form(code_for(StandIn::google, person))).text("id_token"));
  }
};

TEST_F(Google, NamesTheHostedDomainOfAdaAndNotOfAlanWithTheSameAddress) {
  const JsonDocument ada = claims("ada");
  const JsonDocument alan = claims("alan");
  EXPECT_EQ(ada.root()["hd"].string(), "example.com");
  EXPECT_FALSE(alan.root()["hd"].exists());
  EXPECT_EQ(alan.root()["email"].string(), ada.root()["email"].string());
  EXPECT_EQ(alan.root()["email_verified"].boolean(), true);
}

TEST_F(Google, CodesHaveASlashThatMustBeEncoded) {
  EXPECT_THAT(code_for(StandIn::google, "ada"), testing::StartsWith("4/0A"));
}

TEST_F(Google, SaysWhenAnAddressIsNotVerified) {
  EXPECT_EQ(claims("linus").root()["email_verified"].boolean(), false);
}

TEST(OidcPeople, MargaretHasNoEmail) {
  const auto people = providers::dev::built_in_people();
  const auto margaret = std::find_if(people.begin(), people.end(),
                                     [](const auto& person) { return person.id == "margaret"; });
  ASSERT_NE(margaret, people.end());
  EXPECT_FALSE(margaret->oidc.email);
  EXPECT_FALSE(margaret->facebook.email);
}

}  // namespace
}  // namespace latchkey::test
