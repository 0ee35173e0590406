#include "providers/oauth.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "fake_http.h"
#include "tests/support/fake_clock.h"

namespace latchkey::providers {
namespace {

TEST(CodeChallenge, IsThatOfRfc7636AppendixB) {
  EXPECT_EQ(code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(AuthorizeUrl, HasEveryParameterEncodedAndKeepsTheEndpointsQuery) {
  const std::string url = build_authorize_url({.endpoint = "https://acme.example/auth?tenant=1",
                                               .client_id = "our app",
                                               .scope = "a b",
                                               .extra = {{"nonce", "n"}}},
                                              {.redirect_uri = "https://rp.example/cb?x=1&y=2",
                                               .state = "s/1",
                                               .code_challenge = "c",
                                               .nonce = "n"});
  const auto parsed = Url::parse(url);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->host, "acme.example");
  const QueryParameters expected = {{"tenant", "1"},
                                    {"response_type", "code"},
                                    {"client_id", "our app"},
                                    {"redirect_uri", "https://rp.example/cb?x=1&y=2"},
                                    {"scope", "a b"},
                                    {"state", "s/1"},
                                    {"code_challenge", "c"},
                                    {"code_challenge_method", "S256"},
                                    {"nonce", "n"}};
  EXPECT_EQ(parse_query(parsed->query), expected);
}

TEST(Scopes, AreFoundWhole) {
  EXPECT_TRUE(has_scope("read:user,user:email", "user:email"));
  EXPECT_TRUE(has_scope("openid email", "email"));
  EXPECT_FALSE(has_scope("user:email", "user"));
  EXPECT_FALSE(has_scope("user:email", "email"));
  EXPECT_FALSE(has_scope("", "email"));
}

class TokenRequestTest : public testing::Test {
 protected:
  Result<TokenAnswer> request(ClientAuthentication authentication) {
    return request_token(outbound,
                         {.token_url = "https://acme.example/token",
                          .client_id = "id:1",
                          .client_secret = secret,
                          .authentication = authentication,
                          .exchange = exchange},
                         Deadline(clock));
  }
  ErrorCode code_for(int status, const std::string& body) {
    http.responds(status, body);
    const auto answer = request(ClientAuthentication::client_secret_post);
    EXPECT_FALSE(answer) << body;
    return answer ? ErrorCode::internal_error : answer.error().code;
  }
  QueryParameters sent_form() { return *parse_query(http.requests.at(0).body); }
  std::string sent_header(std::string_view name) {
    for (const auto& [key, value] : http.requests.at(0).headers) {
      if (key == name) return value;
    }
    return {};
  }

  const Secret secret{"s+cret %"};
  const CodeExchange exchange{.code = "the code",
                              .redirect_uri = "https://rp.example/cb",
                              .code_verifier = Secret("verifier"),
                              .nonce = {}};
  test::FakeClock clock;
  test::FakeHttp http;
  Outbound outbound{config::Provider{}, http, clock};
};

constexpr const char* kGood = R"({"access_token":"at","token_type":"bearer","scope":"a,b"})";

TEST_F(TokenRequestTest, PostsTheGrantWithTheSecretInTheForm) {
  http.responds(200, kGood);
  const auto answer = request(ClientAuthentication::client_secret_post);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->access_token.reveal(), "at");
  EXPECT_EQ(answer->scope, "a,b");
  EXPECT_TRUE(answer->id_token.empty());
  const QueryParameters expected = {{"grant_type", "authorization_code"},
                                    {"code", "the code"},
                                    {"redirect_uri", "https://rp.example/cb"},
                                    {"code_verifier", "verifier"},
                                    {"client_id", "id:1"},
                                    {"client_secret", "s+cret %"}};
  EXPECT_EQ(sent_form(), expected);
  EXPECT_EQ(http.requests.at(0).method, HttpMethod::post);
  EXPECT_EQ(sent_header("Accept"), "application/json");
  EXPECT_EQ(sent_header("Authorization"), "");
}

TEST_F(TokenRequestTest, BasicFormEncodesBothHalves) {
  http.responds(200, kGood);
  ASSERT_TRUE(request(ClientAuthentication::client_secret_basic));
  EXPECT_EQ(sent_header("Authorization"), "Basic " + base64_encode("id%3A1:s%2Bcret%20%25"));
  for (const auto& [name, value] : sent_form()) EXPECT_NE(name, "client_secret");
}

TEST_F(TokenRequestTest, RefusedCode) {
  EXPECT_EQ(code_for(400, R"({"error":"invalid_grant"})"), ErrorCode::provider_rejected);
  EXPECT_EQ(code_for(401, "no JSON here"), ErrorCode::provider_rejected);
}

TEST_F(TokenRequestTest, ErrorWithStatus200IsStillAnError) {
  EXPECT_EQ(code_for(200, R"({"error":"bad_verification_code"})"), ErrorCode::provider_rejected);
  EXPECT_EQ(code_for(200, R"({"error":{"code":100},"access_token":"at","token_type":"bearer"})"),
            ErrorCode::provider_rejected);
}

TEST_F(TokenRequestTest, IllServer) {
  EXPECT_EQ(code_for(502, "{}"), ErrorCode::provider_unavailable);
}

TEST_F(TokenRequestTest, AnswersWithoutABearerToken) {
  for (const char* body :
       {"access_token=at&token_type=bearer", "[]", "{}", R"({"token_type":"bearer"})",
        R"({"access_token":1,"token_type":"bearer"})",
        R"({"access_token":"","token_type":"bearer"})", R"({"access_token":"at"})",
        R"({"access_token":"at","token_type":"mac"})",
        R"({"access_token":"a","access_token":"b","token_type":"bearer"})"}) {
    EXPECT_EQ(code_for(200, body), ErrorCode::provider_invalid_response) << body;
  }
}

TEST_F(TokenRequestTest, TokenWithALineBreakCannotAddAHeader) {
  EXPECT_EQ(code_for(200, R"({"access_token":"at\r\nX-Admin: 1","token_type":"bearer"})"),
            ErrorCode::provider_invalid_response);
}

TEST_F(TokenRequestTest, TokenTypeInAnyCase) {
  http.responds(200, R"({"access_token":"at","token_type":"BEARER"})");
  EXPECT_TRUE(request(ClientAuthentication::client_secret_post));
}

TEST_F(TokenRequestTest, OnlyKnownErrorNamesReachTheLog) {
  http.responds(400, R"({"error":"invalid_grant"})");
  const auto known = request(ClientAuthentication::client_secret_post);
  EXPECT_NE(known.error().detail.find("invalid_grant"), std::string::npos);
  http.responds(400, R"({"error":"the code","error_description":"the code"})");
  const auto unknown = request(ClientAuthentication::client_secret_post);
  EXPECT_EQ(unknown.error().detail.find("the code"), std::string::npos);
}

TEST_F(TokenRequestTest, ARefusedCodeIsNotAskedForTwice) {
  EXPECT_EQ(code_for(400, "{}"), ErrorCode::provider_rejected);
  EXPECT_EQ(code_for(500, "{}"), ErrorCode::provider_unavailable);
  EXPECT_EQ(http.requests.size(), 2U);
}

}  // namespace
}  // namespace latchkey::providers
