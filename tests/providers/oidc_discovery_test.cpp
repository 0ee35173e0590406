#include "providers/oidc_discovery.h"

#include <gtest/gtest.h>

#include "fake_http.h"
#include "oidc_stub.h"
#include "tests/support/fake_clock.h"

namespace latchkey::providers {
namespace {

using test::quoted;

class OidcDiscoveryTest : public testing::Test {
 protected:
  OidcDiscoveryTest() {
    settings.id = "acme";
    settings.issuer = "https://idp.example/tenant";
  }
  Result<std::shared_ptr<const OidcMetadata>> metadata() {
    http.responds(status, test::json_object(document));
    if (!discovery) discovery = std::make_unique<OidcDiscovery>(settings, outbound, clock);
    return discovery->metadata(Deadline(clock));
  }
  // Whether a document with this member is refused as it must be.
  bool refused_with(const std::string& name, const std::string& json) {
    document[name] = json;
    const auto answer = metadata();
    return !answer && answer.error().code == ErrorCode::provider_unavailable;
  }
  bool refused_without(const std::string& name) {
    document.erase(name);
    const auto answer = metadata();
    return !answer && answer.error().code == ErrorCode::provider_unavailable;
  }
  ClientAuthentication authentication_for(const std::string& methods) {
    document["token_endpoint_auth_methods_supported"] = methods;
    const auto answer = metadata();
    EXPECT_TRUE(answer);
    return (*answer)->authentication;
  }

  test::FakeClock clock;
  test::FakeHttp http;
  config::Provider settings;
  int status = 200;
  test::Members document = {{"issuer", quoted("https://idp.example/tenant")},
                            {"authorization_endpoint", quoted("https://idp.example/authorize")},
                            {"token_endpoint", quoted("https://idp.example/token")},
                            {"jwks_uri", quoted("https://idp.example/keys")}};
  Outbound outbound{config::Provider{}, http, clock};
  std::unique_ptr<OidcDiscovery> discovery;
};

TEST_F(OidcDiscoveryTest, AsksAtTheWellKnownPlaceAndReadsTheEndpoints) {
  document["userinfo_endpoint"] = quoted("https://idp.example/userinfo");
  const auto answer = metadata();
  ASSERT_TRUE(answer);
  EXPECT_EQ(http.requests.at(0).url, "https://idp.example/tenant/.well-known/openid-configuration");
  EXPECT_EQ((*answer)->issuer, "https://idp.example/tenant");
  EXPECT_EQ((*answer)->authorization_endpoint, "https://idp.example/authorize");
  EXPECT_EQ((*answer)->token_endpoint, "https://idp.example/token");
  EXPECT_EQ((*answer)->jwks_uri, "https://idp.example/keys");
  EXPECT_EQ((*answer)->userinfo_endpoint, "https://idp.example/userinfo");
  EXPECT_FALSE((*answer)->iss_required);
}

TEST_F(OidcDiscoveryTest, IssuerWithATrailingSlash) {
  settings.issuer = "https://idp.example/";
  document["issuer"] = quoted("https://idp.example/");
  ASSERT_TRUE(metadata());
  EXPECT_EQ(http.requests.at(0).url, "https://idp.example/.well-known/openid-configuration");
}

TEST_F(OidcDiscoveryTest, DocumentOfAnotherIssuer) {
  EXPECT_TRUE(refused_with("issuer", quoted("https://evil.example")));
  EXPECT_TRUE(refused_with("issuer", quoted("https://idp.example/tenant/")));
  EXPECT_TRUE(refused_with("issuer", "1"));
  EXPECT_TRUE(refused_without("issuer"));
}

TEST_F(OidcDiscoveryTest, EndpointsMustBeHttps) {
  EXPECT_TRUE(refused_with("token_endpoint", quoted("http://idp.example/token")));
  EXPECT_TRUE(refused_with("token_endpoint", quoted("/token")));
  EXPECT_TRUE(refused_with("token_endpoint", "[]"));
  EXPECT_TRUE(refused_without("token_endpoint"));
}

TEST_F(OidcDiscoveryTest, EachEndpointIsRequiredAndChecked) {
  for (const char* name : {"authorization_endpoint", "jwks_uri"}) {
    const auto good = document;
    EXPECT_TRUE(refused_with(name, quoted("javascript:alert(1)"))) << name;
    EXPECT_TRUE(refused_without(name)) << name;
    document = good;
  }
  EXPECT_TRUE(refused_with("userinfo_endpoint", quoted("http://idp.example/userinfo")));
}

TEST_F(OidcDiscoveryTest, LoopbackHttpOnlyWhenAllowed) {
  document["token_endpoint"] = quoted("http://127.0.0.1:9000/token");
  EXPECT_FALSE(metadata());
  settings.allow_http = true;
  EXPECT_TRUE(metadata());
}

TEST_F(OidcDiscoveryTest, ConfiguredUrlsTakeTheirPlace) {
  settings.token_url = "https://idp.example/other-token";
  const auto answer = metadata();
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)->token_endpoint, "https://idp.example/other-token");
  EXPECT_EQ((*answer)->jwks_uri, "https://idp.example/keys");
}

TEST_F(OidcDiscoveryTest, NothingIsFetchedWhenAllIsConfigured) {
  settings.authorize_url = "https://idp.example/a";
  settings.token_url = "https://idp.example/t";
  settings.jwks_url = "https://idp.example/j";
  settings.userinfo_url = "https://idp.example/u";
  const auto answer = metadata();
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)->userinfo_endpoint, "https://idp.example/u");
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(OidcDiscoveryTest, WithoutAnIssuerNobodyCanBeToldApart) {
  settings.authorize_url = "https://idp.example/a";
  settings.token_url = "https://idp.example/t";
  settings.jwks_url = "https://idp.example/j";
  settings.issuer = "";
  EXPECT_EQ(metadata().error().code, ErrorCode::provider_unavailable);
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(OidcDiscoveryTest, AuthenticationMethod) {
  EXPECT_EQ((*metadata())->authentication, ClientAuthentication::client_secret_basic);
}

TEST_F(OidcDiscoveryTest, AuthenticationMethodPostWhenOnlyThatIsListed) {
  EXPECT_EQ(authentication_for(R"(["private_key_jwt","client_secret_post"])"),
            ClientAuthentication::client_secret_post);
}

TEST_F(OidcDiscoveryTest, AuthenticationMethodBasicWhenBothAreListed) {
  EXPECT_EQ(authentication_for(R"(["client_secret_post","client_secret_basic"])"),
            ClientAuthentication::client_secret_basic);
}

TEST_F(OidcDiscoveryTest, NoAuthenticationMethodWeKnow) {
  EXPECT_TRUE(refused_with("token_endpoint_auth_methods_supported", R"(["private_key_jwt"])"));
}

TEST_F(OidcDiscoveryTest, IssParameterAdvertised) {
  document["authorization_response_iss_parameter_supported"] = "true";
  EXPECT_TRUE((*metadata())->iss_required);
}

TEST_F(OidcDiscoveryTest, FaultsOfEveryKindAreUnavailable) {
  status = 404;
  EXPECT_EQ(metadata().error().code, ErrorCode::provider_unavailable);
  status = 500;
  EXPECT_EQ(metadata().error().code, ErrorCode::provider_unavailable);
}

TEST_F(OidcDiscoveryTest, CachedForAnHourAndStaleServedAfterwards) {
  ASSERT_TRUE(metadata());
  ASSERT_TRUE(metadata());
  EXPECT_EQ(http.requests.size(), 1U);
  clock.advance(std::chrono::minutes(61));
  status = 500;
  EXPECT_TRUE(metadata());
  EXPECT_EQ(http.requests.size(), 2U);
}

TEST_F(OidcDiscoveryTest, TellsWhyThereIsNoMetadataUntilThereIs) {
  document["issuer"] = quoted("https://other.example");
  EXPECT_FALSE(metadata());
  EXPECT_EQ(discovery->fault(), "its issuer is not the configured one");
  document["issuer"] = quoted("https://idp.example/tenant");
  EXPECT_TRUE(metadata());
  EXPECT_EQ(discovery->fault(), std::nullopt);
  clock.advance(std::chrono::hours(2));
  status = 503;
  EXPECT_TRUE(metadata()) << "what it said before is still good";
  EXPECT_EQ(discovery->fault(), std::nullopt);
}

}  // namespace
}  // namespace latchkey::providers
