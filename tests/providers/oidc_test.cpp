#include <gtest/gtest.h>

#include "base/encoding.h"
#include "oidc_stub.h"
#include "provider_fixture.h"

namespace latchkey::providers {
namespace {

using test::json_object;
using test::quoted;

class OidcTest : public test::ProviderFixture {
 protected:
  OidcTest() : ProviderFixture(config::ProviderType::oidc) { settings.issuer = stub.url(); }

  Result<Identity> identify_with(const std::string& name, const std::string& json) {
    idp.claims[name] = json;
    idp.publish();
    return identify();
  }

  test::OidcStub idp{stub, clock};
};

TEST_F(OidcTest, IssuerAloneIsEnough) {
  idp.claims["email"] = quoted("Ada@Example.com");
  idp.claims["email_verified"] = "true";
  idp.claims["name"] = quoted("Ada");
  idp.claims["picture"] = quoted("https://idp.example/ada.png");
  idp.publish();
  const auto identity = identify();
  ASSERT_TRUE(identity) << identity.error().detail;
  EXPECT_EQ(identity->provider, "acme");
  EXPECT_EQ(identity->subject, "person-1");
  EXPECT_EQ(identity->email->address, "ada@example.com");
  EXPECT_EQ(identity->name, "Ada");
  EXPECT_EQ(identity->avatar_url, "https://idp.example/ada.png");
}

TEST_F(OidcTest, AuthorizeUrl) {
  const auto parameters = authorize_parameters();
  EXPECT_EQ(value_of(parameters, "scope"), "openid email profile");
  EXPECT_EQ(value_of(parameters, "nonce"), "nonce-1");
  EXPECT_EQ(value_of(parameters, "state"), "state-1");
  EXPECT_EQ(value_of(parameters, "code_challenge_method"), "S256");
  EXPECT_EQ(value_of(parameters, "prompt"), "(absent)");
  const auto forced = authorize_parameters(true);
  EXPECT_EQ(value_of(forced, "prompt"), "login");
  EXPECT_EQ(value_of(forced, "max_age"), "0");
}

TEST_F(OidcTest, OpenidIsAskedForEvenWhenTheScopesForgetIt) {
  settings.scopes = {"email"};
  EXPECT_EQ(value_of(authorize_parameters(), "scope"), "openid email");
}

TEST_F(OidcTest, SecretGoesIntoTheHeaderByDefault) {
  ASSERT_TRUE(identify());
  const auto request = stub.requests("/token").at(0);
  EXPECT_EQ(request.get_header_value("Authorization"), "Basic " + base64_encode("client:secret"));
  EXPECT_EQ(request.body.find("secret"), std::string::npos);
}

TEST_F(OidcTest, IssuerRuleFollowsTheMetadata) {
  EXPECT_EQ(provider().issuer_rule()->expected, stub.url());
  EXPECT_FALSE(provider().issuer_rule()->required);
}

TEST_F(OidcTest, IssuerRuleRequiredWhenAdvertised) {
  idp.metadata["authorization_response_iss_parameter_supported"] = "true";
  idp.publish();
  EXPECT_TRUE(provider().issuer_rule()->required);
}

TEST_F(OidcTest, WrongMetadataTurnsTheProviderOff) {
  idp.metadata["issuer"] = quoted("https://evil.example");
  idp.publish();
  EXPECT_EQ(identify_error(), ErrorCode::provider_unavailable);
  EXPECT_EQ(stub.hits("/token"), 0);
}

TEST_F(OidcTest, EmailIsHearsayWithoutTrustEmail) {
  idp.claims["email"] = quoted("ada@example.com");
  const auto identity = identify_with("email_verified", "true");
  ASSERT_TRUE(identity);
  EXPECT_FALSE(identity->email->verified);
  EXPECT_FALSE(identity->email->authoritative);
}

TEST_F(OidcTest, TrustedEmailCountsWhenItIsJsonTrue) {
  settings.trust_email = true;
  idp.claims["email"] = quoted("ada@example.com");
  EXPECT_TRUE(identify_with("email_verified", "true")->email->authoritative);
  EXPECT_FALSE(identify_with("email_verified", "\"true\"")->email->verified);
  EXPECT_FALSE(identify_with("email_verified", "1")->email->verified);
  EXPECT_FALSE(identify_with("email_verified", "false")->email->verified);
}

TEST_F(OidcTest, EmailFromUserinfoWhenTheTokenHasNone) {
  settings.trust_email = true;
  idp.metadata["userinfo_endpoint"] = quoted(stub.url("/userinfo"));
  idp.publish();
  stub.on_json("/userinfo", json_object({{"sub", quoted("person-1")},
                                         {"email", quoted("ada@example.com")},
                                         {"email_verified", "true"}}));
  const auto identity = identify();
  ASSERT_TRUE(identity) << identity.error().detail;
  EXPECT_TRUE(identity->email->verified);
  EXPECT_EQ(stub.requests("/userinfo").at(0).get_header_value("Authorization"), "Bearer access-1");
}

TEST_F(OidcTest, UserinfoOfAnotherPerson) {
  idp.metadata["userinfo_endpoint"] = quoted(stub.url("/userinfo"));
  idp.publish();
  stub.on_json("/userinfo",
               json_object({{"sub", quoted("person-2")}, {"email", quoted("victim@example.com")}}));
  EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response);
  stub.on_json("/userinfo", json_object({{"email", quoted("victim@example.com")}}));
  EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response);
}

TEST_F(OidcTest, UserinfoIsNotAskedWhenTheTokenSaysIt) {
  idp.metadata["userinfo_endpoint"] = quoted(stub.url("/userinfo"));
  ASSERT_TRUE(identify_with("email", quoted("ada@example.com")));
  EXPECT_EQ(stub.hits("/userinfo"), 0);
}

TEST_F(OidcTest, NoEmailAnywhere) {
  const auto identity = identify();
  ASSERT_TRUE(identity);
  EXPECT_FALSE(identity->email);
}

TEST_F(OidcTest, AnswerWithoutIdToken) {
  stub.on_json("/token", R"({"access_token":"a","token_type":"Bearer"})");
  EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response);
}

TEST_F(OidcTest, TokenForAnotherFlow) {
  idp.claims["nonce"] = quoted("nonce-of-somebody-else");
  idp.publish();
  EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response);
}

TEST_F(OidcTest, StaleLoginWhenAFreshOneWasForced) {
  exchange.force_login = true;
  const auto now = unix_seconds(clock.now());
  EXPECT_TRUE(identify_with("auth_time", std::to_string(now)));
  EXPECT_FALSE(identify_with("auth_time", std::to_string(now - 86'400)));
}

TEST_F(OidcTest, KeyRotationBetweenTwoSignIns) {
  ASSERT_TRUE(identify());
  const test::Pkey fresh = test::make_rsa_key();
  const std::string id_token =
      test::sign_jwt(fresh, R"({"alg":"RS256","kid":"k2"})", json_object(idp.claims));
  stub.on_json("/jwks", R"({"keys":[)" + test::jwk(fresh, "k2") + "]}");
  stub.on_json("/token", json_object({{"access_token", quoted("a")},
                                      {"token_type", quoted("Bearer")},
                                      {"id_token", quoted(id_token)}}));
  EXPECT_TRUE(identify());
}

TEST_F(OidcTest, KeysNamedInTheTokenAreNeverFetched) {
  const test::Pkey stranger = test::make_rsa_key();
  stub.on_json("/evil", R"({"keys":[)" + test::jwk(stranger, "k1") + "]}");
  const std::string header = R"({"alg":"RS256","kid":"k1","jku":")" + stub.url("/evil") + R"("})";
  stub.on_json("/token",
               json_object({{"access_token", quoted("a")},
                            {"token_type", quoted("Bearer")},
                            {"id_token",
                             quoted(test::sign_jwt(stranger, header, json_object(idp.claims)))}}));
  EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response);
  EXPECT_EQ(stub.hits("/evil"), 0);
}

TEST_F(OidcTest, KeysDownFailsClosed) {
  stub.on_json("/jwks", "{}", 503);
  EXPECT_EQ(identify_error(), ErrorCode::provider_unavailable);
}

}  // namespace
}  // namespace latchkey::providers
