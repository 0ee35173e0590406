#include <gmock/gmock.h>

#include "fixture.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class Github : public DevFixture {
 protected:
  static Reply api(const std::string& path, const std::string& person) {
    return get("/github/api" + path, bearer(token_for(StandIn::github, person)));
  }
};

TEST_F(Github, TellsTheUser) {
  const Reply reply = api("/user", "ada");
  EXPECT_EQ(reply.status, 200);
  const JsonDocument user = reply.json();
  EXPECT_GT(user.root()["id"].integer().value_or(0), 0);
  EXPECT_EQ(user.root()["login"].string(), "ada");
  EXPECT_EQ(user.root()["name"].string(), "Ada Lovelace");
  EXPECT_EQ(user.root()["email"].string(), "ada@example.com");
  EXPECT_EQ(reply.header("X-OAuth-Scopes"), "read:user,user:email");
}

TEST_F(Github, HidesAnEmailOnTheProfileButListsIt) {
  EXPECT_TRUE(api("/user", "margaret").json().root()["email"].is_null());
  const JsonDocument emails = api("/user/emails", "margaret").json();
  EXPECT_EQ(emails.root().items().at(0)["email"].string(), "margaret@example.net");
}

TEST_F(Github, SaysWhetherAnAddressIsVerified) {
  EXPECT_EQ(api("/user/emails", "ada").json().root().items().at(0)["verified"].boolean(), true);
  EXPECT_EQ(api("/user/emails", "linus").json().root().items().at(0)["verified"].boolean(), false);
}

TEST_F(Github, HasSomebodyWithTwoPrimaryAddresses) {
  const JsonDocument emails = api("/user/emails", "dorothy").json();
  ASSERT_EQ(emails.root().items().size(), 2U);
  for (const JsonView email : emails.root().items()) EXPECT_EQ(email["primary"].boolean(), true);
}

TEST_F(Github, PagesTheAddressesWithLinkHeaders) {
  const Headers token = bearer(token_for(StandIn::github, "katherine"));
  const std::string list = dev().base_url() + "/github/api/user/emails?per_page=";

  const Reply first = get("/github/api/user/emails", token);
  EXPECT_EQ(first.json().root().items().size(), 30U);
  EXPECT_EQ(first.header("Link"),
            '<' + list + "30&page=2>; rel=\"next\", <" + list + "30&page=5>; rel=\"last\"");
  const Reply large = get("/github/api/user/emails?per_page=500", token);
  EXPECT_EQ(large.json().root().items().size(), 100U);

  const Reply second = get("/github/api/user/emails?per_page=100&page=2", token);
  const JsonDocument emails = second.json();
  ASSERT_EQ(emails.root().items().size(), 30U);
  EXPECT_EQ(emails.root().items()[16]["primary"].boolean(), true);
  EXPECT_EQ(second.header("Link"),
            '<' + list + "100&page=1>; rel=\"prev\", <" + list + "100&page=1>; rel=\"first\"");
  EXPECT_TRUE(get("/github/api/user/emails?page=6", token).json().root().items().empty());
}

TEST_F(Github, AnswersTokenRequestsAsAFormUnlessJsonIsAskedFor) {
  const Reply reply =
      post(token_path(StandIn::github), token_form(code_for(StandIn::github, "ada")));
  EXPECT_EQ(reply.header("Content-Type"), "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_THAT(reply.body, HasSubstr("access_token=gho_"));
  EXPECT_THAT(reply.body, HasSubstr("token_type=bearer"));
  EXPECT_THAT(reply.body, HasSubstr("scope=read%3Auser%2Cuser%3Aemail"));
}

TEST_F(Github, RefusesWithStatus200) {
  const auto error = [](const QueryParameters& changes) {
    const Reply reply =
        exchange(StandIn::github, token_form(code_for(StandIn::github, "ada"), changes));
    EXPECT_EQ(reply.status, 200);
    return reply.text("error");
  };
  EXPECT_EQ(error({{"code", "unknown"}}), "bad_verification_code");
  EXPECT_EQ(error({{"code_verifier", "wrong"}}), "bad_verification_code");
  EXPECT_EQ(error({{"client_secret", "wrong"}}), "incorrect_client_credentials");
  EXPECT_EQ(error({{"redirect_uri", "http://localhost:8080/"}}), "redirect_uri_mismatch");
}

TEST_F(Github, NeedsATokenAUserAgentAndTheEmailScope) {
  const std::string token = token_for(StandIn::github, "ada", {{"scope", "read:user"}});
  EXPECT_EQ(get("/github/api/user", bearer("gho_unknown")).text("message"), "Bad credentials");
  EXPECT_EQ(get("/github/api/user").status, 401);
  EXPECT_EQ(get("/github/api/user", bearer(token)).status, 200);
  EXPECT_EQ(get("/github/api/user/emails", bearer(token)).status, 404);
  // libcurl sends none by itself.
  EXPECT_EQ(get("/github/api/user", {{"Authorization", "token " + token}}).status, 403);
}

}  // namespace
}  // namespace latchkey::test
