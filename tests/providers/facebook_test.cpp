#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "oidc_stub.h"
#include "provider_fixture.h"

namespace latchkey::providers {
namespace {

using test::json_object;
using test::quoted;

class FacebookTest : public test::ProviderFixture {
 protected:
  FacebookTest() : ProviderFixture(config::ProviderType::facebook) {
    settings.authorize_url = stub.url("/dialog/oauth");
    settings.api_url = stub.url("/graph/");
    stub.on_json("/graph/oauth/access_token", R"({"access_token":"EAA1","token_type":"bearer"})");
    publish();
  }

  void publish() {
    stub.on("/graph/debug_token",
            proved("client|secret", json_object({{"data", json_object(debug)}})));
    stub.on("/graph/me", proved("EAA1", json_object(me)));
  }
  ErrorCode error_with_debug(const std::string& name, const std::string& json) {
    debug[name] = json;
    publish();
    return identify_error();
  }

  // As the Graph API does with "require app secret": no proof, no answer.
  static test::StubServer::Handler proved(const std::string& token, const std::string& body) {
    return [=](const httplib::Request& request, httplib::Response& response) {
      const bool is_proved =
          request.get_param_value("access_token") == token &&
          request.get_param_value("appsecret_proof") == hex_encode(hmac_sha256("secret", token));
      response.status = is_proved ? 200 : 400;
      response.set_content(is_proved ? body : R"({"error":{"code":100}})", "application/json");
    };
  }

  test::Members debug = {{"is_valid", "true"},
                         {"app_id", quoted("client")},
                         {"type", quoted("USER")},
                         {"user_id", quoted("1020")}};
  test::Members me = {
      {"id", quoted("1020")},
      {"name", quoted("Ada")},
      {"email", quoted("Ada@example.com")},
      {"picture", R"({"data":{"url":"https://cdn.example/p.jpg","is_silhouette":false}})"}};
};

TEST_F(FacebookTest, IdentityWithProofOnEveryCall) {
  const auto identity = identify();
  ASSERT_TRUE(identity) << identity.error().detail;
  EXPECT_EQ(identity->subject, "1020");
  EXPECT_EQ(identity->name, "Ada");
  EXPECT_EQ(identity->avatar_url, "https://cdn.example/p.jpg");
  EXPECT_EQ(identity->email->address, "ada@example.com");
  EXPECT_EQ(stub.requests("/graph/debug_token").at(0).get_param_value("input_token"), "EAA1");
}

TEST_F(FacebookTest, AuthorizeUrl) {
  EXPECT_EQ(value_of(authorize_parameters(), "scope"), "email,public_profile");
  EXPECT_EQ(value_of(authorize_parameters(true), "auth_type"), "reauthenticate");
}

TEST_F(FacebookTest, EmailIsNeverVerified) {
  const auto identity = identify();
  EXPECT_FALSE(identity->email->verified);
  EXPECT_FALSE(identity->email->authoritative);
}

TEST_F(FacebookTest, EmailTrustedByConfiguration) {
  settings.trust_email = true;
  const auto identity = identify();
  EXPECT_TRUE(identity->email->verified);
  EXPECT_TRUE(identity->email->authoritative);
}

TEST_F(FacebookTest, MissingEmail) {
  me.erase("email");
  publish();
  const auto identity = identify();
  ASSERT_TRUE(identity);
  EXPECT_FALSE(identity->email);
}

TEST_F(FacebookTest, PlaceholderPictureIsNoPicture) {
  me["picture"] = R"({"data":{"url":"https://cdn.example/p.jpg","is_silhouette":true}})";
  publish();
  EXPECT_EQ(identify()->avatar_url, "");
}

TEST_F(FacebookTest, TokenOfAnotherApp) {
  EXPECT_EQ(error_with_debug("app_id", quoted("another")), ErrorCode::provider_invalid_response);
  EXPECT_EQ(stub.hits("/graph/me"), 0);
}

TEST_F(FacebookTest, TokenOfAnotherUser) {
  EXPECT_EQ(error_with_debug("user_id", quoted("999")), ErrorCode::provider_invalid_response);
}

TEST_F(FacebookTest, TokenThatIsNotValid) {
  EXPECT_EQ(error_with_debug("is_valid", "false"), ErrorCode::provider_invalid_response);
  EXPECT_EQ(error_with_debug("is_valid", "\"true\""), ErrorCode::provider_invalid_response);
}

TEST_F(FacebookTest, TokenOfAPageOrAnApp) {
  EXPECT_EQ(error_with_debug("type", quoted("PAGE")), ErrorCode::provider_invalid_response);
}

TEST_F(FacebookTest, UserIdOfAnotherType) {
  EXPECT_EQ(error_with_debug("user_id", "1020"), ErrorCode::provider_invalid_response);
  EXPECT_EQ(error_with_debug("user_id", quoted("")), ErrorCode::provider_invalid_response);
}

TEST_F(FacebookTest, WrongSecretFailsTheProof) {
  settings.client_secret = Secret("old secret");
  EXPECT_EQ(identify_error(), ErrorCode::provider_rejected);
}

TEST_F(FacebookTest, GraphErrors) {
  stub.on_json("/graph/me", R"({"error":{"message":"expired","code":190}})", 400);
  EXPECT_EQ(identify_error(), ErrorCode::provider_rejected);
  stub.on_json("/graph/me", R"({"error":{"message":"expired","code":190}})", 200);
  EXPECT_EQ(identify_error(), ErrorCode::provider_rejected);
  stub.on_json("/graph/me", R"({"error":{"message":"try later","code":2}})", 500);
  EXPECT_EQ(identify_error(), ErrorCode::provider_unavailable);
  stub.on_json("/graph/oauth/access_token", R"({"error":{"message":"used","code":100}})", 400);
  EXPECT_EQ(identify_error(), ErrorCode::provider_rejected);
}

TEST_F(FacebookTest, TokensNeverStandInTheErrors) {
  stub.on_json("/graph/me", R"({"error":{"message":"EAA1 expired"}})", 400);
  const auto identity = identify();
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().detail.find("EAA1"), std::string::npos);
}

}  // namespace
}  // namespace latchkey::providers
