#include <gmock/gmock.h>
#include <httplib.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "fixture.h"

namespace latchkey::test {
namespace {

class Facebook : public DevFixture {
 protected:
  static std::string proof(const std::string& token) {
    return hex_encode(hmac_sha256("dev-secret", token));
  }
  static Reply graph(const std::string& path, const QueryParameters& query) {
    return get("/facebook/v19.0" + path + '?' + build_query(query));
  }
  static Reply me(const std::string& person, const std::string& fields,
                  const QueryParameters& changes = {}) {
    const std::string token = token_for(StandIn::facebook, person, changes);
    return graph("/me",
                 {{"access_token", token}, {"fields", fields}, {"appsecret_proof", proof(token)}});
  }
  static Reply debug(const std::string& input_token, const std::string& app_token) {
    return graph("/debug_token", {{"input_token", input_token}, {"access_token", app_token}});
  }
  static std::int64_t error_code(const Reply& reply) {
    EXPECT_EQ(reply.status, 400);
    return reply.json().root()["error"]["code"].integer().value_or(0);
  }
};

TEST_F(Facebook, TellsTheFieldsAskedFor) {
  const Reply reply = me("ada", "id,name,email,first_name,last_name,picture.type(large)");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.text("id"), testing::MatchesRegex("1[0-9]{16}"));
  EXPECT_EQ(reply.text("name"), "Ada Lovelace");
  EXPECT_EQ(reply.text("first_name"), "Ada");
  EXPECT_EQ(reply.text("last_name"), "Lovelace");
  EXPECT_EQ(reply.text("email"), "ada@example.com");
  EXPECT_TRUE(reply.json().root()["picture"]["data"]["url"].exists());
  EXPECT_EQ(me("ada", "").text("email"), "");
}

TEST_F(Facebook, LeavesAnEmailOutThatIsMissingOrNotGranted) {
  EXPECT_FALSE(me("margaret", "id,email").json().root()["email"].exists());
  EXPECT_FALSE(
      me("ada", "id,email", {{"scope", "public_profile"}}).json().root()["email"].exists());
}

TEST_F(Facebook, RefusesAWrongAppsecretProof) {
  const std::string token = token_for(StandIn::facebook, "ada");
  const Reply reply = graph("/me", {{"access_token", token}, {"appsecret_proof", proof("other")}});
  EXPECT_EQ(error_code(reply), 100);
  EXPECT_EQ(reply.json().root()["error"]["type"].string(), "GraphMethodException");
  // A proof of the token itself is right, and none is needed unless the app asks for it.
  EXPECT_EQ(graph("/me", {{"access_token", token}}).status, 200);
}

TEST_F(Facebook, RefusesAnUnknownToken) {
  EXPECT_EQ(error_code(graph("/me", {{"access_token", "EAAunknown"}})), 190);
}

TEST_F(Facebook, DebugTokenNamesTheAppAndTheUser) {
  const std::string token = token_for(StandIn::facebook, "ada");
  const JsonDocument report = debug(token, "app-1|dev-secret").json();
  const JsonView data = report.root()["data"];
  EXPECT_EQ(data["app_id"].string(), "app-1");
  EXPECT_EQ(data["type"].string(), "USER");
  EXPECT_EQ(data["is_valid"].boolean(), true);
  EXPECT_EQ(data["user_id"].string(), me("ada", "id").text("id"));
  EXPECT_EQ(data["expires_at"].integer(), unix_seconds(clock().now()) + 3600);
}

TEST_F(Facebook, DebugTokenNeedsTheAppsOwnToken) {
  const std::string token = token_for(StandIn::facebook, "ada");
  EXPECT_EQ(error_code(debug(token, "app-1|wrong")), 190);
  EXPECT_EQ(error_code(debug(token, "app-2|dev-secret")), 190);
  EXPECT_EQ(error_code(debug(token, token)), 190);
}

TEST_F(Facebook, DebugTokenReportsAnUnknownTokenAsInvalid) {
  const Reply reply = debug("EAAunknown", "app-1|dev-secret");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.json().root()["data"]["is_valid"].boolean(), false);
}

TEST_F(Facebook, RefusesCodesWithItsOwnErrors) {
  const auto refusal = [](const QueryParameters& changes) {
    return exchange(StandIn::facebook, token_form(code_for(StandIn::facebook, "ada"), changes));
  };
  EXPECT_EQ(error_code(refusal({{"client_secret", "wrong"}})), 1);
  const Reply unknown = refusal({{"code", "unknown"}});
  EXPECT_EQ(error_code(unknown), 100);
  EXPECT_EQ(unknown.json().root()["error"]["type"].string(), "OAuthException");
  EXPECT_EQ(unknown.json().root()["error"]["error_subcode"].integer(), 36009);
  EXPECT_EQ(refusal({{"redirect_uri", "http://localhost/"}})
                .json()
                .root()["error"]["error_subcode"]
                .integer(),
            36008);
}

TEST_F(Facebook, TakesTokenRequestsAsAGetToo) {
  const Reply reply = get(token_path(StandIn::facebook) + '?' +
                          build_query(token_form(code_for(StandIn::facebook, "ada"))));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("token_type"), "bearer");
}

TEST(FacebookWithRequiredProof, RefusesARequestWithoutOne) {
  providers::dev::DevProvider strict({.require_appsecret_proof = true});
  strict.start("127.0.0.1", 0);
  httplib::Client client(strict.base_url());
  const std::string app_token = "app-1|dev-secret";
  QueryParameters query{{"input_token", "EAAunknown"}, {"access_token", app_token}};
  const std::string path = "/facebook/v19.0/debug_token?";
  EXPECT_EQ(client.Get(path + build_query(query))->status, 400);
  query.emplace_back("appsecret_proof", hex_encode(hmac_sha256("dev-secret", app_token)));
  EXPECT_EQ(client.Get(path + build_query(query))->status, 200);
}

}  // namespace
}  // namespace latchkey::test
