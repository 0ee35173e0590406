#include <gmock/gmock.h>

#include "fixture.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Authorize : public DevFixture {};

constexpr StandIn kAll[] = {StandIn::github, StandIn::google, StandIn::facebook, StandIn::oidc};

TEST_F(Authorize, ThePageHasAButtonForEverybodyAndStableHooksForBrowserTests) {
  for (const StandIn stand_in : kAll) {
    const Reply page = get(authorize_path(stand_in));
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
    for (const char* id :
         {"ada", "grace", "linus", "margaret", "alan", "katherine", "dorothy", "edsger", "fresh"}) {
      EXPECT_THAT(page.body, HasSubstr("data-person=\"" + std::string(id) + '"'));
    }
    EXPECT_THAT(page.body, HasSubstr("data-action=\"deny\""));
    EXPECT_THAT(page.body, HasSubstr("name=\"fault\""));
    EXPECT_THAT(page.body, HasSubstr("Development stand-in"));
    EXPECT_THAT(page.body, Not(HasSubstr("<script")));
  }
}

TEST_F(Authorize, ThePageOffersOnlyFaultsThatCanStrikeThere) {
  EXPECT_THAT(get(authorize_path(StandIn::google)).body, HasSubstr("value=\"bad_signature\""));
  const std::string github = get(authorize_path(StandIn::github)).body;
  EXPECT_THAT(github, Not(HasSubstr("bad_signature")));
  EXPECT_THAT(github, HasSubstr("value=\"server_error@emails\""));
}

TEST_F(Authorize, ChoosingAPersonSendsTheBrowserBackWithACode) {
  for (const StandIn stand_in : kAll) {
    const Reply reply = post(authorize_path(stand_in), {{"person", "ada"}, {"fault", ""}});
    EXPECT_EQ(reply.status, 303);
    EXPECT_THAT(reply.header("Location"), StartsWith(std::string(kRedirectUri) + "?code="));
    EXPECT_EQ(reply.redirect_parameter("state"), "state/1+ =");
    EXPECT_FALSE(reply.redirect_parameter("code").empty());
  }
}

TEST_F(Authorize, TheAnswerNamesTheIssuerWhereTheRealOneDoes) {
  const auto issuer = [](StandIn stand_in) {
    return post(authorize_path(stand_in), {{"person", "ada"}}).redirect_parameter("iss");
  };
  EXPECT_EQ(issuer(StandIn::github), dev().base_url() + "/github/login/oauth");
  EXPECT_EQ(issuer(StandIn::google), dev().base_url() + "/google");
  EXPECT_EQ(issuer(StandIn::oidc), dev().base_url() + "/oidc");
  EXPECT_EQ(issuer(StandIn::facebook), "");
}

TEST_F(Authorize, FacebookAppendsItsFragment) {
  const Reply reply = post(authorize_path(StandIn::facebook), {{"person", "ada"}});
  EXPECT_THAT(reply.header("Location"), testing::EndsWith("#_=_"));
}

TEST_F(Authorize, DenyingSendsTheErrorBack) {
  for (const StandIn stand_in : kAll) {
    const Reply reply = post(authorize_path(stand_in), {{"action", "deny"}});
    EXPECT_EQ(reply.status, 303);
    EXPECT_EQ(reply.redirect_parameter("error"), "access_denied");
    EXPECT_EQ(reply.redirect_parameter("state"), "state/1+ =");
    EXPECT_EQ(reply.redirect_parameter("code"), "");
  }
}

TEST_F(Authorize, ARedirectUriElsewhereIsNotFollowed) {
  for (const char* uri :
       {"https://evil.example/cb", "javascript:alert(1)", "http://localhost.evil.example/", "/cb",
        "http://localhost:8080/cb#fragment", "http://user@localhost/cb"}) {
    const Reply reply = get(authorize_path(StandIn::github, {{"redirect_uri", uri}}));
    EXPECT_EQ(reply.status, 400) << uri;
    EXPECT_EQ(reply.header("Location"), "");
  }
}

TEST_F(Authorize, ARedirectUriOnThisMachineOrAGivenHostIsFine) {
  for (const char* uri : {"http://127.0.0.1:3000/cb", "http://[::1]:3000/cb", "https://app.test/cb",
                          "http://shop.localhost:8080/cb"}) {
    EXPECT_EQ(get(authorize_path(StandIn::github, {{"redirect_uri", uri}})).status, 200) << uri;
  }
}

TEST_F(Authorize, AMissingClientIdIsShownAndNotRedirected) {
  const Reply reply = get(authorize_path(StandIn::google, {{"client_id", ""}}));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("client_id is missing"));
}

TEST_F(Authorize, OnlyTheCodeFlowAndOnlyS256AreGranted) {
  const auto error = [](const QueryParameters& changes) {
    return get(authorize_path(StandIn::google, changes)).redirect_parameter("error");
  };
  EXPECT_EQ(error({{"response_type", "token"}}), "unsupported_response_type");
  EXPECT_EQ(error({{"response_type", ""}}), "unsupported_response_type");
  EXPECT_EQ(error({{"code_challenge_method", "plain"}}), "invalid_request");
  EXPECT_EQ(error({{"code_challenge_method", ""}}), "invalid_request");
  EXPECT_EQ(error({{"code_challenge", "short"}}), "invalid_request");
  EXPECT_EQ(error({{"code_challenge", ""}}), "invalid_request");
  EXPECT_EQ(error({{"scope", ""}}), "invalid_request");
}

TEST_F(Authorize, AParameterThatStandsTwiceIsRefused) {
  const Reply reply = get(authorize_path(StandIn::github) + "&state=other");
  EXPECT_EQ(reply.redirect_parameter("error"), "invalid_request");
}

TEST_F(Authorize, UnknownParametersAreIgnored) {
  EXPECT_EQ(get(authorize_path(StandIn::facebook, {{"display", "popup"}})).status, 200);
}

TEST_F(Authorize, NothingOfTheRequestBecomesMarkup) {
  const Reply page = get(
      authorize_path(StandIn::github, {{"client_id", "<b>\"app\"</b>"}, {"state", "\"><script>"}}));
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, Not(HasSubstr("<b>\"app")));
  EXPECT_THAT(page.body, HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(page.body, Not(HasSubstr("<script>")));
}

TEST_F(Authorize, PromptNoneWithAHintNeedsNoPage) {
  for (const char* hint : {"grace", "Grace.Hopper@gmail.com"}) {
    const Reply reply =
        get(authorize_path(StandIn::google, {{"prompt", "none"}, {"login_hint", hint}}));
    EXPECT_EQ(reply.status, 302);
    EXPECT_FALSE(reply.redirect_parameter("code").empty()) << hint;
  }
}

TEST_F(Authorize, PromptNoneWithoutAKnownHintIsLoginRequired) {
  for (const char* hint : {"", "nobody@example.com"}) {
    const Reply reply =
        get(authorize_path(StandIn::google, {{"prompt", "none"}, {"login_hint", hint}}));
    EXPECT_EQ(reply.redirect_parameter("error"), "login_required") << hint;
  }
}

TEST_F(Authorize, AHintAlonePutsThePersonFirst) {
  const Reply page = get(authorize_path(StandIn::google, {{"login_hint", "edsger"}}));
  EXPECT_EQ(page.status, 200);
  EXPECT_LT(page.body.find("data-person=\"edsger\""), page.body.find("data-person=\"ada\""));
  EXPECT_EQ(page.body.find("data-person=\"edsger\""), page.body.rfind("data-person=\"edsger\""));
}

TEST_F(Authorize, AnImpossibleFaultIsToldToTheTester) {
  const Reply reply = get(authorize_path(StandIn::github, {{"fault", "bad_signature"}}));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("not possible at github"));
}

TEST_F(Authorize, SomebodyWhoIsNotThereCannotBeChosen) {
  EXPECT_EQ(post(authorize_path(StandIn::github), {{"person", "nobody"}}).status, 400);
  EXPECT_EQ(post(authorize_path(StandIn::github), {}).status, 400);
}

}  // namespace
}  // namespace latchkey::test
