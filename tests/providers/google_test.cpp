#include <gtest/gtest.h>

#include "oidc_stub.h"
#include "provider_fixture.h"

namespace latchkey::providers {
namespace {

using test::quoted;

class GoogleTest : public test::ProviderFixture {
 protected:
  GoogleTest() : ProviderFixture(config::ProviderType::google) {
    settings.issuer = stub.url();
    idp.claims["email"] = quoted("ada@gmail.com");
    idp.claims["email_verified"] = "true";
    idp.publish();
  }

  Result<Identity> identify_with(const test::Members& claims) {
    for (const auto& [name, json] : claims) idp.claims[name] = json;
    idp.publish();
    return identify();
  }

  test::OidcStub idp{stub, clock};
};

TEST_F(GoogleTest, GmailAddressIsAuthoritative) {
  const auto identity = identify();
  ASSERT_TRUE(identity) << identity.error().detail;
  EXPECT_EQ(identity->subject, "person-1");
  EXPECT_TRUE(identity->email->verified);
  EXPECT_TRUE(identity->email->authoritative);
}

TEST_F(GoogleTest, WorkspaceAddressIsAuthoritative) {
  const auto identity =
      identify_with({{"email", quoted("ada@example.com")}, {"hd", quoted("example.com")}});
  EXPECT_TRUE(identity->email->authoritative);
}

TEST_F(GoogleTest, AddressOfSomebodyElsesDomainIsVerifiedButNotAuthoritative) {
  const auto identity = identify_with({{"email", quoted("ada@example.com")}});
  EXPECT_TRUE(identity->email->verified);
  EXPECT_FALSE(identity->email->authoritative);
  EXPECT_FALSE(identify_with({{"email", quoted("ada@notgmail.com")}})->email->authoritative);
  EXPECT_FALSE(identify_with({{"email", quoted("ada@example.com")}, {"hd", quoted("")}})
                   ->email->authoritative);
}

TEST_F(GoogleTest, EmailVerifiedMustBeJsonTrue) {
  for (const char* json : {"false", "\"true\"", "1", "null"}) {
    const auto identity = identify_with({{"email_verified", json}});
    ASSERT_TRUE(identity);
    EXPECT_FALSE(identity->email->verified) << json;
    EXPECT_FALSE(identity->email->authoritative) << json;
  }
}

TEST_F(GoogleTest, WithoutTrustAVerifiedAddressMayNotLink) {
  settings.trust_email = false;
  const auto identity = identify();
  EXPECT_TRUE(identity->email->verified);
  EXPECT_FALSE(identity->email->authoritative);
}

TEST_F(GoogleTest, HostedDomainIsRequestedAndCheckedInTheToken) {
  settings.hosted_domain = "example.com";
  EXPECT_EQ(value_of(authorize_parameters(), "hd"), "example.com");
  EXPECT_TRUE(identify_with({{"hd", quoted("example.com")}}));
  idp.claims["hd"] = quoted("evil.example");
  idp.publish();
  EXPECT_EQ(identify_error(), ErrorCode::domain_not_allowed);
}

TEST_F(GoogleTest, PrivateAccountWhereAHostedDomainIsDemanded) {
  settings.hosted_domain = "example.com";
  EXPECT_EQ(identify_error(), ErrorCode::domain_not_allowed);
}

TEST_F(GoogleTest, AddressInTheDomainIsNoMembershipOfIt) {
  settings.hosted_domain = "example.com";
  idp.claims["email"] = quoted("ada@example.com");
  idp.publish();
  EXPECT_EQ(identify_error(), ErrorCode::domain_not_allowed);
}

TEST_F(GoogleTest, SecretGoesIntoTheForm) {
  ASSERT_TRUE(identify());
  EXPECT_FALSE(stub.requests("/token").at(0).has_header("Authorization"));
}

TEST_F(GoogleTest, AsksForTheAccountWhenALoginIsForced) {
  EXPECT_EQ(value_of(authorize_parameters(true), "prompt"), "select_account");
}

TEST_F(GoogleTest, ShortIssuerOnlyForGoogleItself) {
  idp.claims["iss"] = quoted("accounts.google.com");
  idp.publish();
  EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response);
}

TEST_F(GoogleTest, ShortIssuerOfGoogleItself) {
  settings.issuer = "";
  settings.authorize_url = stub.url("/authorize");
  settings.token_url = stub.url("/token");
  settings.jwks_url = stub.url("/jwks");
  EXPECT_TRUE(identify_with({{"iss", quoted("accounts.google.com")}}));
  EXPECT_TRUE(identify_with({{"iss", quoted("https://accounts.google.com")}}));
  EXPECT_EQ(provider().issuer_rule()->expected, "https://accounts.google.com");
}

TEST_F(GoogleTest, Es256IsNotGoogles) {
  const std::string id_token = test::sign_jwt(
      test::shared_p256_key(), R"({"alg":"ES256","kid":"k1"})", test::json_object(idp.claims));
  stub.on_json("/jwks", R"({"keys":[)" + test::jwk(test::shared_p256_key(), "k1") + "]}");
  stub.on_json("/token", test::json_object({{"access_token", quoted("a")},
                                            {"token_type", quoted("Bearer")},
                                            {"id_token", quoted(id_token)}}));
  EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response);
}

}  // namespace
}  // namespace latchkey::providers
