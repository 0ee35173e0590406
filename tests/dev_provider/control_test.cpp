#include <gmock/gmock.h>

#include "fixture.h"
#include "id_tokens.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class Control : public DevFixture {
 protected:
  static JsonDocument counts() { return get("/_control/requests").json(); }
  static std::int64_t count(const char* provider, const char* endpoint) {
    return counts().root()[provider][endpoint].integer().value_or(-1);
  }
  static std::string google_email(const std::string& person) {
    const Reply reply = exchange(StandIn::google, token_form(code_for(StandIn::google, person)));
    return std::string(
        claims_of(reply.text("id_token")).root()["email"].string().value_or("(none)"));
  }
};

TEST_F(Control, ApproveSignsInWithoutThePageUntilItIsTakenBack) {
  EXPECT_EQ(post_json("/_control/approve", R"({"person":"ada"})").status, 200);
  EXPECT_EQ(get(authorize_path(StandIn::github)).status, 302);
  EXPECT_EQ(post_json("/_control/approve", R"({"person":null})").status, 200);
  EXPECT_EQ(get(authorize_path(StandIn::github)).status, 200);
}

TEST_F(Control, ApproveFreshIsANewPersonEachTime) {
  const std::string first = google_email("fresh");
  const std::string second = google_email("fresh");
  EXPECT_THAT(first, testing::MatchesRegex("new-[0-9a-f]{16}@example.com"));
  EXPECT_NE(first, second);
}

TEST_F(Control, ANewPersonComesBackUnderTheirAddressAtEveryProvider) {
  const std::string address = google_email("fresh");
  EXPECT_EQ(google_email(address), address);
  const std::string token = token_for(StandIn::facebook, address);
  EXPECT_EQ(get("/facebook/v19.0/me?fields=email&access_token=" + token).text("email"), address);
}

TEST_F(Control, ApproveRefusesSomebodyUnknown) {
  for (const char* body : {R"({"person":"nobody"})", R"({"person":7})", "{}", "[]", "nonsense"}) {
    const Reply reply = post_json("/_control/approve", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_NE(reply.text("detail"), "");
  }
}

TEST_F(Control, CountsRequestsByProviderAndEndpoint) {
  token_for(StandIn::github, "ada");
  post(authorize_path(StandIn::github), {{"person", "ada"}});  // the page's form is none
  EXPECT_EQ(count("github", "authorize"), 1);
  EXPECT_EQ(count("github", "token"), 1);
  EXPECT_EQ(count("github", "user"), 0);
  EXPECT_EQ(count("google", "token"), 0);
  EXPECT_EQ(count("facebook", "debug_token"), 0);
  EXPECT_EQ(dev().requests(StandIn::github, Endpoint::token), 1U);
}

TEST_F(Control, FaultIsOrderedWithEndpointTimesAndDelay) {
  const auto order = [](const char* body) { return post_json("/_control/fault", body).status; };
  EXPECT_EQ(order(R"({"provider":"google","fault":"server_error"})"), 200);
  EXPECT_EQ(order(R"({"provider":"google","fault":"slow","endpoint":"jwks","times":2,)"
                  R"("delay_ms":1})"),
            200);
  EXPECT_EQ(exchange(StandIn::google, token_form("x")).status, 500);
  EXPECT_EQ(exchange(StandIn::google, token_form("x")).status, 400);
  EXPECT_EQ(get("/google/jwks").status, 200);
}

TEST_F(Control, FaultRefusesWhatCannotBe) {
  const auto detail = [](const char* body) {
    const Reply reply = post_json("/_control/fault", body);
    EXPECT_EQ(reply.status, 400) << body;
    return reply.text("detail");
  };
  EXPECT_THAT(detail(R"({"fault":"slow"})"), HasSubstr("provider is"));
  EXPECT_THAT(detail(R"({"provider":"github","fault":"nonsense"})"), HasSubstr("'nonsense'"));
  EXPECT_THAT(detail(R"({"provider":"github","fault":"slow","endpoint":"jwks"})"),
              HasSubstr("cannot strike at 'jwks'"));
  EXPECT_THAT(detail(R"({"provider":"github","fault":"slow","times":0})"), HasSubstr("times"));
  EXPECT_THAT(detail(R"({"provider":"github","fault":"slow","delay_ms":"x"})"),
              HasSubstr("delay_ms"));
}

TEST_F(Control, PeopleCanBeAdded) {
  const Reply reply = post_json(
      "/_control/people",
      R"({"id":"zoe","name":"Zoe <Z>","email":"zoe@example.org","google":{"hd":"example.org"}})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(google_email("zoe"), "zoe@example.org");
  EXPECT_THAT(get(authorize_path(StandIn::github)).body, HasSubstr("Zoe &lt;Z&gt;"));
  const JsonDocument document = reply.json();
  EXPECT_EQ(document.root()["google"]["hd"].string(), "example.org");
  EXPECT_EQ(document.root()["google"]["email_verified"].boolean(), true);
}

TEST_F(Control, PeopleCanBeChangedAtOneProvider) {
  const Reply reply = post_json(
      "/_control/people",
      R"({"id":"ada","google":{"email":null},)"
      R"("github":{"id":7,"emails":[{"email":"a@x.org","primary":true,"verified":false}]}})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(google_email("ada"), "(none)");
  const Headers token = bearer(token_for(StandIn::github, "ada"));
  EXPECT_EQ(get("/github/api/user", token).json().root()["id"].integer(), 7);
  EXPECT_THAT(get("/github/api/user/emails", token).body, HasSubstr("a@x.org"));
  const JsonDocument ada = reply.json();
  EXPECT_EQ(ada.root()["facebook"]["email"].string(), "ada@example.com");
}

TEST_F(Control, AnEmailAtTheTopCountsEverywhere) {
  const JsonDocument none = post_json("/_control/people", R"({"id":"ada","email":null})").json();
  EXPECT_TRUE(none.root()["google"]["email"].is_null());
  EXPECT_TRUE(none.root()["facebook"]["email"].is_null());
  EXPECT_TRUE(none.root()["github"]["emails"].items().empty());
  const JsonDocument unverified =
      post_json("/_control/people",
                R"({"id":"ada","email":"new@example.com","email_verified":false})")
          .json();
  EXPECT_EQ(unverified.root()["google"]["email_verified"].boolean(), false);
  EXPECT_EQ(unverified.root()["github"]["emails"].items().at(0)["verified"].boolean(), false);
}

TEST_F(Control, PeopleRefusesTyposAndWrongTypes) {
  for (const char* body :
       {R"({"name":"Nobody"})", R"({"id":"fresh"})", R"({"id":"x","emial":"a@b.c"})",
        R"({"id":"x","google":{"verified":true}})", R"({"id":"x","email":7})",
        R"({"id":"x","github":{"id":"7"}})", R"({"id":"x","github":{"emails":[1]}})",
        R"({"id":"x","facebook":[]})", "nonsense"}) {
    EXPECT_EQ(post_json("/_control/people", body).status, 400) << body;
  }
  EXPECT_EQ(get("/_control/people").json().root()["people"].items().size(), 8U);
}

TEST_F(Control, ResetGoesBackToTheBeginning) {
  post_json("/_control/people", R"({"id":"zoe"})");
  post_json("/_control/approve", R"({"person":"ada"})");
  post_json("/_control/fault", R"({"provider":"github","fault":"server_error"})");
  const std::string code = get(authorize_path(StandIn::github)).redirect_parameter("code");
  EXPECT_EQ(post("/_control/reset", {}).status, 200);
  EXPECT_EQ(get("/_control/people").json().root()["people"].items().size(), 8U);
  EXPECT_EQ(count("github", "authorize"), 0);
  EXPECT_EQ(get(authorize_path(StandIn::github)).status, 200);
  EXPECT_EQ(exchange(StandIn::github, token_form(code)).text("error"), "bad_verification_code");
}

TEST_F(Control, TheIndexSaysHowToUseIt) {
  const Reply page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("issuer = &quot;" + dev().base_url() + "/google&quot;"));
  EXPECT_THAT(page.body, HasSubstr("/_control/approve"));
  EXPECT_THAT(page.body, HasSubstr("Grace Hopper"));
  EXPECT_THAT(page.body, HasSubstr("dropped_connection"));
}

TEST_F(Control, WrongMethodsAndPathsAreTold) {
  EXPECT_EQ(get("/_control/reset").status, 405);
  EXPECT_EQ(get("/_control/reset").header("Allow"), "POST");
  EXPECT_EQ(post("/_control/requests", {}).status, 405);
  EXPECT_EQ(get("/google/token").status, 405);
  EXPECT_EQ(get("/nothing").status, 404);
  EXPECT_EQ(post("/", {}).status, 404);
  EXPECT_EQ(get("/avatars/ada.svg").header("Content-Type"), "image/svg+xml");
  EXPECT_EQ(get("/avatars/nobody.svg").status, 404);
}

}  // namespace
}  // namespace latchkey::test
