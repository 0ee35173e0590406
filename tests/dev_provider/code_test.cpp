// What every token endpoint checks about a code.
#include <gmock/gmock.h>

#include "fixture.h"

namespace latchkey::test {
namespace {

class Code : public DevFixture, public testing::WithParamInterface<StandIn> {
 protected:
  // GitHub refuses with status 200.
  static bool refused(const Reply& reply) {
    const JsonDocument body = reply.json();
    return body.root()["error"].exists() && !body.root()["access_token"].exists();
  }
  static std::string fresh_code() { return code_for(GetParam(), "ada"); }
  static bool refused_with(const QueryParameters& changes) {
    return refused(exchange(GetParam(), token_form(fresh_code(), changes)));
  }
  static int person_status(const std::string& token) {
    switch (GetParam()) {
      case StandIn::github:
        return get("/github/api/user", bearer(token)).status;
      case StandIn::google:
        return get("/google/userinfo", bearer(token)).status;
      case StandIn::facebook:
        return get("/facebook/v19.0/me", bearer(token)).status;
      case StandIn::oidc:
        return get("/oidc/userinfo", bearer(token)).status;
    }
    return 0;
  }
};

TEST_P(Code, IsExchangedForATokenThatOpensThePerson) {
  const Reply reply = exchange(GetParam(), token_form(fresh_code()));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(person_status(reply.text("access_token")), 200);
}

TEST_P(Code, ThatComesTwiceIsRefusedAndRevokesTheToken) {
  const std::string code = fresh_code();
  const std::string token = exchange(GetParam(), token_form(code)).text("access_token");
  EXPECT_TRUE(refused(exchange(GetParam(), token_form(code))));
  EXPECT_THAT(person_status(token), testing::AnyOf(400, 401));
}

TEST_P(Code, ExpiresAfterAMinute) {
  const std::string code = fresh_code();
  clock().advance(std::chrono::seconds(60));
  const std::string late = fresh_code();
  EXPECT_FALSE(refused(exchange(GetParam(), token_form(code))));
  clock().advance(std::chrono::milliseconds(60'001));
  EXPECT_TRUE(refused(exchange(GetParam(), token_form(late))));
}

TEST_P(Code, IsBoundToItsClientItsRedirectUriAndItsVerifier) {
  EXPECT_TRUE(refused_with({{"client_id", "app-2"}}));
  EXPECT_TRUE(refused_with({{"client_id", ""}}));
  EXPECT_TRUE(refused_with({{"client_secret", "wrong"}}));
  EXPECT_TRUE(refused_with({{"client_secret", ""}}));
  EXPECT_TRUE(refused_with({{"redirect_uri", std::string(kRedirectUri) + "/"}}));
  EXPECT_TRUE(refused_with({{"redirect_uri", ""}}));
  EXPECT_TRUE(refused_with({{"code_verifier", std::string(kVerifier) + "x"}}));
  EXPECT_TRUE(refused_with({{"code_verifier", ""}}));
  EXPECT_TRUE(refused_with({{"code", "unknown"}}));
  EXPECT_TRUE(refused_with({{"grant_type", "password"}}));
}

TEST_P(Code, OfAnotherProviderIsUnknown) {
  const StandIn other = GetParam() == StandIn::github ? StandIn::google : StandIn::github;
  EXPECT_TRUE(refused(exchange(GetParam(), token_form(code_for(other, "ada")))));
}

TEST_P(Code, WithoutAChallengeTakesNoVerifier) {
  const QueryParameters no_pkce{{"code_challenge", ""}, {"code_challenge_method", ""}};
  EXPECT_TRUE(refused(exchange(GetParam(), token_form(code_for(GetParam(), "ada", no_pkce)))));
  const std::string code = code_for(GetParam(), "ada", no_pkce);
  EXPECT_FALSE(refused(exchange(GetParam(), token_form(code, {{"code_verifier", ""}}))));
}

TEST_P(Code, TokenExpiresAfterAnHour) {
  const std::string token = token_for(GetParam(), "ada");
  clock().advance(std::chrono::minutes(59));
  EXPECT_EQ(person_status(token), 200);
  clock().advance(std::chrono::minutes(2));
  EXPECT_THAT(person_status(token), testing::AnyOf(400, 401));
}

TEST_P(Code, ClientMayComeWithHttpBasic) {
  // "app-1:dev-secret"
  const Headers basic{{"Authorization", "Basic YXBwLTE6ZGV2LXNlY3JldA=="},
                      {"Accept", "application/json"}};
  const auto form = [](const std::string& code) {
    return token_form(code, {{"client_id", ""}, {"client_secret", ""}});
  };
  EXPECT_FALSE(refused(post(token_path(GetParam()), form(fresh_code()), basic)));
  const Headers wrong{{"Authorization", "Basic YXBwLTE6d3Jvbmc="}, {"Accept", "application/json"}};
  EXPECT_TRUE(refused(post(token_path(GetParam()), form(fresh_code()), wrong)));
}

TEST_P(Code, ClientWithAPlusInItsBase64MayComeWithHttpBasic) {
  // "~~~:dev-secret". cpp-httplib decodes header values and makes a space of the plus.
  const Headers basic{{"Authorization", "Basic fn5+OmRldi1zZWNyZXQ="},
                      {"Accept", "application/json"}};
  const std::string code = code_for(GetParam(), "ada", {{"client_id", "~~~"}});
  const QueryParameters form = token_form(code, {{"client_id", ""}, {"client_secret", ""}});
  EXPECT_FALSE(refused(post(token_path(GetParam()), form, basic)));
}

INSTANTIATE_TEST_SUITE_P(AtEveryProvider, Code,
                         testing::Values(StandIn::github, StandIn::google, StandIn::facebook,
                                         StandIn::oidc),
                         [](const auto& row) { return std::string(name_of(row.param)); });

}  // namespace
}  // namespace latchkey::test
