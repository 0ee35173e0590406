#include <chrono>

#include <gmock/gmock.h>

#include "fixture.h"
#include "id_tokens.h"

namespace latchkey::test {
namespace {

using std::chrono::milliseconds;

constexpr StandIn kAll[] = {StandIn::github, StandIn::google, StandIn::facebook, StandIn::oidc};
constexpr StandIn kOpenid[] = {StandIn::google, StandIn::oidc};

class Faults : public DevFixture {
 protected:
  // A token request of a sign-in for which this fault was chosen on the page.
  static Reply faulty_exchange(StandIn stand_in, const std::string& fault) {
    return exchange(stand_in, token_form(code_for(stand_in, "ada", {{"fault", fault}})));
  }
  static JsonDocument faulty_claims(StandIn stand_in, const std::string& fault) {
    return claims_of(faulty_exchange(stand_in, fault).text("id_token"));
  }
  static bool is_json(const std::string& text) { return JsonDocument::parse(text).has_value(); }
};

TEST_F(Faults, DeniedComesBackFromTheAuthorizationRequest) {
  for (const StandIn stand_in : kAll) {
    const Reply chosen = post(authorize_path(stand_in), {{"person", "ada"}, {"fault", "denied"}});
    EXPECT_EQ(chosen.redirect_parameter("error"), "access_denied");
    dev().script_fault(stand_in, "denied");
    dev().approve("ada");
    EXPECT_EQ(get(authorize_path(stand_in)).redirect_parameter("error"), "access_denied");
    EXPECT_NE(get(authorize_path(stand_in)).redirect_parameter("code"), "");
  }
}

TEST_F(Faults, ServerErrorLeavesTheCodeForAnotherTry) {
  for (const StandIn stand_in : kAll) {
    const std::string code = code_for(stand_in, "ada", {{"fault", "server_error"}});
    EXPECT_EQ(exchange(stand_in, token_form(code)).status, 500);
    EXPECT_NE(exchange(stand_in, token_form(code)).text("access_token"), "");
  }
}

TEST_F(Faults, Http200ErrorHidesAnErrorBehindAGoodStatus) {
  for (const StandIn stand_in : kAll) {
    const Reply reply = faulty_exchange(stand_in, "http_200_error");
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.json().root()["error"].exists());
  }
}

TEST_F(Faults, InvalidJsonIsCutInTheMiddle) {
  for (const StandIn stand_in : kAll) {
    const Reply reply = faulty_exchange(stand_in, "invalid_json");
    EXPECT_EQ(reply.status, 200);
    EXPECT_FALSE(is_json(reply.body));
  }
}

TEST_F(Faults, HugeBodyIsTheRightAnswerAndTooLong) {
  for (const StandIn stand_in : kAll) {
    const Reply reply = faulty_exchange(stand_in, "huge_body");
    EXPECT_EQ(reply.status, 200);
    EXPECT_GT(reply.body.size(), 256UL * 1024);
    EXPECT_TRUE(JsonDocument::parse(reply.body, 1024UL * 1024).has_value());
  }
}

TEST_F(Faults, DroppedConnectionEndsBeforeTheAnswerDoes) {
  for (const StandIn stand_in : kAll) {
    EXPECT_EQ(faulty_exchange(stand_in, "dropped_connection").status, 0);
  }
}

TEST_F(Faults, SlowWaitsAndThenAnswers) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string code =
      code_for(StandIn::github, "ada", {{"fault", "slow"}, {"delay_ms", "150"}});
  EXPECT_NE(exchange(StandIn::github, token_form(code)).text("access_token"), "");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(150));
}

TEST_F(Faults, BadSignatureIsMadeByNoKeyOfTheSet) {
  for (const StandIn stand_in : kOpenid) {
    const std::string token = faulty_exchange(stand_in, "bad_signature").text("id_token");
    const std::string jwks = '/' + std::string(name_of(stand_in)) + "/jwks";
    EXPECT_FALSE(is_signed_by(token, get(jwks).json().root()));
    EXPECT_EQ(claims_of(token).root()["aud"].string(), "app-1");
  }
}

TEST_F(Faults, UnsignedTokenHasTheAlgorithmNone) {
  for (const StandIn stand_in : kOpenid) {
    const std::string token = faulty_exchange(stand_in, "unsigned_token").text("id_token");
    EXPECT_EQ(header_of(token).root()["alg"].string(), "none");
    EXPECT_TRUE(token.ends_with('.'));
  }
}

TEST_F(Faults, RotatedKeySignsWithANewKeyAndTheOldOneIsGone) {
  for (const StandIn stand_in : kOpenid) {
    const std::string jwks = '/' + std::string(name_of(stand_in)) + "/jwks";
    const JsonDocument before = get(jwks).json();
    const std::string token = faulty_exchange(stand_in, "rotated_key").text("id_token");
    const JsonDocument after = get(jwks).json();
    EXPECT_FALSE(is_signed_by(token, before.root()));
    EXPECT_TRUE(is_signed_by(token, after.root()));
    EXPECT_EQ(after.root()["keys"].items().size(), 1U);
  }
}

TEST_F(Faults, WrongClaimsAreWrongInOneWayOnly) {
  for (const StandIn stand_in : kOpenid) {
    const std::string issuer = dev().base_url() + '/' + std::string(name_of(stand_in));
    EXPECT_EQ(faulty_claims(stand_in, "wrong_nonce").root()["nonce"].string(), "wrong-nonce-1");
    EXPECT_NE(faulty_claims(stand_in, "wrong_issuer").root()["iss"].string(), issuer);
    EXPECT_NE(faulty_claims(stand_in, "wrong_audience").root()["aud"].string(), "app-1");
    const JsonDocument expired = faulty_claims(stand_in, "expired_token");
    EXPECT_LT(expired.root()["exp"].integer(), unix_seconds(clock().now()));
    EXPECT_EQ(expired.root()["iss"].string(), issuer);
    EXPECT_EQ(expired.root()["nonce"].string(), "nonce-1");
  }
}

TEST_F(Faults, WrongIssuerAtTheRedirectIsAnotherIss) {
  for (const char* fault : {"wrong_issuer@authorize", "wrong_issuer"}) {
    const StandIn stand_in = fault[12] == '@' ? StandIn::google : StandIn::github;
    const Reply reply = post(authorize_path(stand_in), {{"person", "ada"}, {"fault", fault}});
    EXPECT_THAT(reply.redirect_parameter("iss"), testing::EndsWith("/someone-else"));
  }
}

TEST_F(Faults, WrongIssuerInTheDiscoveryDocument) {
  dev().script_fault(StandIn::google, "wrong_issuer@discovery");
  const std::string path = "/google/.well-known/openid-configuration";
  EXPECT_THAT(get(path).text("issuer"), testing::EndsWith("/someone-else"));
  EXPECT_EQ(get(path).text("issuer"), dev().base_url() + "/google");
}

TEST_F(Faults, MissingEmailIsMissingFromTheTokenAndTheUserinfo) {
  for (const StandIn stand_in : kOpenid) {
    const Reply reply = faulty_exchange(stand_in, "missing_email");
    EXPECT_FALSE(claims_of(reply.text("id_token")).root()["email"].exists());
    const std::string userinfo = '/' + std::string(name_of(stand_in)) + "/userinfo";
    const Reply person = get(userinfo, bearer(reply.text("access_token")));
    EXPECT_EQ(person.status, 200);
    EXPECT_FALSE(person.json().root()["email"].exists());
  }
}

TEST_F(Faults, OfTheGithubApi) {
  const auto api = [](const std::string& path, const std::string& fault) {
    const std::string token = token_for(StandIn::github, "ada", {{"fault", fault}});
    return get("/github/api" + path, bearer(token));
  };
  EXPECT_EQ(api("/user/emails", "missing_email").body, "[]");
  EXPECT_EQ(api("/user", "expired_token").status, 401);
  EXPECT_EQ(api("/user", "server_error@user").status, 500);
  EXPECT_EQ(api("/user/emails", "server_error@user").status, 200);
  EXPECT_FALSE(is_json(api("/user/emails", "invalid_json@emails").body));
}

TEST_F(Faults, OfTheGraphApi) {
  const auto graph = [](const std::string& path, const std::string& fault) {
    const std::string token = token_for(StandIn::facebook, "ada", {{"fault", fault}});
    return get("/facebook/v19.0" + path + token);
  };
  const std::string debug = "/debug_token?access_token=app-1%7Cdev-secret&input_token=";
  const auto data = [&](const std::string& fault, const char* name) {
    return std::string(graph(debug, fault).json().root()["data"][name].string().value_or(""));
  };
  EXPECT_EQ(data("wrong_audience", "app_id"), "another-app");
  EXPECT_EQ(data("wrong_subject", "user_id"), data("", "user_id") + "0");
  EXPECT_EQ(graph(debug, "expired_token").json().root()["data"]["is_valid"].boolean(), false);
  const Reply me = graph("/me?fields=id,email&access_token=", "missing_email");
  EXPECT_EQ(me.status, 200);
  EXPECT_FALSE(me.json().root()["email"].exists());
}

TEST_F(Faults, WrongSubjectIsAnotherOneAtUserinfo) {
  for (const StandIn stand_in : kOpenid) {
    const Reply reply = faulty_exchange(stand_in, "wrong_subject");
    const std::string userinfo = '/' + std::string(name_of(stand_in)) + "/userinfo";
    EXPECT_NE(get(userinfo, bearer(reply.text("access_token"))).text("sub"),
              claims_of(reply.text("id_token")).root()["sub"].string());
  }
}

TEST_F(Faults, OfOneSignInDoNotTouchAnother) {
  const std::string faulty = code_for(StandIn::github, "ada", {{"fault", "server_error"}});
  const std::string other = code_for(StandIn::github, "ada");
  EXPECT_EQ(exchange(StandIn::github, token_form(other)).status, 200);
  EXPECT_EQ(exchange(StandIn::github, token_form(faulty)).status, 500);
}

TEST_F(Faults, AreOrderedForTheNextRequestsOfOneEndpoint) {
  dev().script_fault(StandIn::google, "server_error", 2);
  dev().script_fault(StandIn::google, "http_200_error");
  const auto status = [] { return exchange(StandIn::google, token_form("unknown")).status; };
  EXPECT_EQ(status(), 500);
  EXPECT_EQ(exchange(StandIn::oidc, token_form("unknown")).status, 400);
  EXPECT_EQ(status(), 500);
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(status(), 400);
}

TEST_F(Faults, OfTheKeySetStrikeThere) {
  dev().script_fault(StandIn::google, "server_error@jwks");
  EXPECT_EQ(get("/google/jwks").status, 500);
  EXPECT_EQ(get("/google/jwks").status, 200);
}

TEST_F(Faults, ThatCannotStrikeThereAreRefused) {
  EXPECT_THROW(dev().script_fault(StandIn::github, "wrong_nonce"), std::invalid_argument);
  EXPECT_THROW(dev().script_fault(StandIn::github, "server_error@jwks"), std::invalid_argument);
  EXPECT_THROW(dev().script_fault(StandIn::github, "nonsense"), std::invalid_argument);
}

}  // namespace
}  // namespace latchkey::test
