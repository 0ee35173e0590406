#include <gtest/gtest.h>

#include "provider_fixture.h"

namespace latchkey::providers {
namespace {

std::string entry(const std::string& email, bool primary, bool verified) {
  return R"({"email":")" + email + R"(","primary":)" + (primary ? "true" : "false") +
         R"(,"verified":)" + (verified ? "true" : "false") + R"(,"visibility":null})";
}

class GitHubTest : public test::ProviderFixture {
 protected:
  GitHubTest() : ProviderFixture(config::ProviderType::github) {
    settings.authorize_url = stub.url("/login/oauth/authorize");
    settings.token_url = stub.url("/login/oauth/access_token");
    settings.api_url = stub.url("/api");
    grant("read:user,user:email");
    user(R"({"id":583231,"login":"ada","name":"Ada L","email":"public@example.com",
             "avatar_url":"https://avatars.example/u/1"})");
    emails("[" + entry("other@example.com", false, true) + "," +
           entry("Ada@Example.com", true, true) + "]");
  }

  void grant(const std::string& scope) {
    stub.on_json("/login/oauth/access_token",
                 R"({"access_token":"gho_1","token_type":"bearer","scope":")" + scope + "\"}");
  }
  void user(const std::string& json) { stub.on_json("/api/user", json); }
  void emails(const std::string& json, int status = 200) {
    stub.on_json("/api/user/emails", json, status);
  }
  // Pages of /user/emails, with GitHub's Link header while there is a next one.
  void pages(std::vector<std::string> bodies) {
    stub.on("/api/user/emails", [bodies = std::move(bodies)](const httplib::Request& request,
                                                             httplib::Response& response) {
      const auto page = std::stoul(request.get_param_value("page"));
      if (page < bodies.size()) {
        response.set_header("Link", "<https://evil.example/?page=2>; rel=\"next\"");
      }
      response.set_content(bodies.at(page - 1), "application/json");
    });
  }
};

TEST_F(GitHubTest, IdentityWithThePrimaryVerifiedAddress) {
  const auto identity = identify();
  ASSERT_TRUE(identity) << identity.error().detail;
  EXPECT_EQ(identity->provider, "acme");
  EXPECT_EQ(identity->subject, "583231");
  EXPECT_EQ(identity->name, "Ada L");
  EXPECT_EQ(identity->avatar_url, "https://avatars.example/u/1");
  EXPECT_EQ(identity->email->address, "ada@example.com");
  EXPECT_TRUE(identity->email->verified);
  EXPECT_TRUE(identity->email->authoritative);
}

TEST_F(GitHubTest, RequestsAreWhatGitHubExpects) {
  ASSERT_TRUE(identify());
  const auto token = stub.requests("/login/oauth/access_token").at(0);
  EXPECT_EQ(token.get_header_value("Accept"), "application/json");
  EXPECT_EQ(token.get_param_value("client_secret"), "secret");
  EXPECT_EQ(token.get_param_value("code_verifier"), "verifier-1");
  const auto api = stub.requests("/api/user/emails").at(0);
  EXPECT_EQ(api.get_header_value("Authorization"), "Bearer gho_1");
  EXPECT_EQ(api.get_header_value("X-GitHub-Api-Version"), "2022-11-28");
  EXPECT_EQ(api.get_param_value("per_page"), "100");
}

TEST_F(GitHubTest, AuthorizeUrl) {
  const auto parameters = authorize_parameters();
  EXPECT_EQ(value_of(parameters, "scope"), "read:user user:email");
  EXPECT_EQ(value_of(parameters, "nonce"), "(absent)");
  EXPECT_EQ(value_of(authorize_parameters(true), "prompt"), "select_account");
}

TEST_F(GitHubTest, IssuerUncheckedWhenUrlsAreOverridden) {
  EXPECT_EQ(provider().issuer_rule()->expected, "");
}

TEST_F(GitHubTest, IssuerAsConfigured) {
  settings.issuer = "https://ghe.example";
  EXPECT_EQ(provider().issuer_rule()->expected, "https://ghe.example");
}

TEST_F(GitHubTest, IssuerOfGitHubItself) {
  settings.authorize_url = settings.token_url = settings.api_url = "";
  EXPECT_EQ(provider().issuer_rule()->expected, "https://github.com/login/oauth");
  EXPECT_FALSE(provider().issuer_rule()->required);
}

TEST_F(GitHubTest, ErrorWithStatus200) {
  stub.on_json("/login/oauth/access_token", R"({"error":"bad_verification_code"})");
  EXPECT_EQ(identify_error(), ErrorCode::provider_rejected);
  EXPECT_EQ(stub.hits("/api/user"), 0);
}

TEST_F(GitHubTest, IdMustBeAnExactPositiveInteger) {
  for (const char* id :
       {"\"583231\"", "583231.0", "5.83231e5", "-1", "0", "null", "[1]", "99999999999999999999"}) {
    user(std::string(R"({"login":"ada","id":)") + id + "}");
    EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response) << id;
  }
}

TEST_F(GitHubTest, ProfileAddressProvesNothing) {
  emails("[]");
  const auto identity = identify();
  ASSERT_TRUE(identity);
  EXPECT_FALSE(identity->email);
}

TEST_F(GitHubTest, UnverifiedPrimaryIsUnverified) {
  emails("[" + entry("victim@example.com", true, false) + "," +
         entry("mine@example.com", false, true) + "]");
  const auto identity = identify();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->email->address, "victim@example.com");
  EXPECT_FALSE(identity->email->verified);
  EXPECT_FALSE(identity->email->authoritative);
}

TEST_F(GitHubTest, TwoPrimariesAreNoAddress) {
  emails("[" + entry("a@example.com", true, true) + "," + entry("b@example.com", true, true) + "]");
  const auto identity = identify();
  ASSERT_TRUE(identity);
  EXPECT_FALSE(identity->email);
}

TEST_F(GitHubTest, SecondPrimaryOnALaterPageIsNoticed) {
  pages({"[" + entry("a@example.com", true, true) + "]",
         "[" + entry("b@example.com", true, true) + "]"});
  EXPECT_FALSE(identify()->email);
}

TEST_F(GitHubTest, PrimaryOnTheThirdPage) {
  const std::string filler = "[" + entry("x@example.com", false, true) + "]";
  pages({filler, filler, "[" + entry("ada@example.com", true, true) + "]"});
  EXPECT_EQ(identify()->email->address, "ada@example.com");
  EXPECT_EQ(stub.hits("/api/user/emails"), 3);
}

TEST_F(GitHubTest, FullPageWithoutLinkHasANext) {
  std::string hundred;
  for (int i = 0; i < 100; ++i) {
    hundred += (i == 0 ? "[" : ",") + entry("x@example.com", false, true);
  }
  hundred += "]";
  const std::string last = "[" + entry("ada@example.com", true, true) + "]";
  stub.on("/api/user/emails", [=](const httplib::Request& request, httplib::Response& response) {
    response.set_content(request.get_param_value("page") == "1" ? hundred : last,
                         "application/json");
  });
  EXPECT_EQ(identify()->email->address, "ada@example.com");
}

TEST_F(GitHubTest, EndlessPagesAreCutOff) {
  stub.on("/api/user/emails", [](const httplib::Request&, httplib::Response& response) {
    response.set_header("Link", "<https://x.example>; rel=\"next\"");
    response.set_content("[]", "application/json");
  });
  EXPECT_TRUE(identify());
  EXPECT_EQ(stub.hits("/api/user/emails"), 10);
}

TEST_F(GitHubTest, WrongJsonTypesInTheAddresses) {
  for (const char* json : {"{}", "7", R"([7])", R"([{"email":"a@example.com","primary":true}])",
                           R"([{"email":"a@example.com","primary":"true","verified":true}])",
                           R"([{"email":"a@example.com","primary":true,"verified":1}])",
                           R"([{"email":null,"primary":true,"verified":true}])"}) {
    emails(json);
    EXPECT_EQ(identify_error(), ErrorCode::provider_invalid_response) << json;
  }
}

TEST_F(GitHubTest, AddressOutsideTheGrammarIsNoAddress) {
  emails("[" + entry("not an address", true, true) + "]");
  EXPECT_FALSE(identify()->email);
}

TEST_F(GitHubTest, NoreplyAddressIsOnlyAnAddress) {
  emails("[" + entry("1+ada@users.noreply.github.com", true, true) + "]");
  EXPECT_EQ(identify()->email->address, "1+ada@users.noreply.github.com");
}

TEST_F(GitHubTest, ScopeWithheldMeansNoAddress) {
  for (const int status : {403, 404}) {
    grant("read:user");
    emails(R"({"message":"no"})", status);
    const auto identity = identify();
    ASSERT_TRUE(identity) << status;
    EXPECT_FALSE(identity->email);
  }
}

TEST_F(GitHubTest, RefusedAddressesInSpiteOfTheScopeAreAnError) {
  emails(R"({"message":"no"})", 403);
  EXPECT_EQ(identify_error(), ErrorCode::provider_rejected);
}

TEST_F(GitHubTest, LoginStandsInForAnEmptyName) {
  user(R"({"id":1,"login":"ada","name":null,"avatar_url":"http://plain.example/a.png"})");
  const auto identity = identify();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->name, "ada");
  EXPECT_EQ(identity->avatar_url, "");
}

TEST_F(GitHubTest, NameWithControlBytesIsLeftOut) {
  user(R"({"id":1,"login":"ada","name":"Ada\r\nX: 1"})");
  EXPECT_EQ(identify()->name, "ada");
}

TEST_F(GitHubTest, DistrustedAddressMayNotLink) {
  settings.trust_email = false;
  const auto identity = identify();
  EXPECT_TRUE(identity->email->verified);
  EXPECT_FALSE(identity->email->authoritative);
}

TEST_F(GitHubTest, IllApi) {
  user("{}");
  stub.on_json("/api/user", "{}", 500);
  EXPECT_EQ(identify_error(), ErrorCode::provider_unavailable);
  stub.on_json("/api/user", R"({"message":"Bad credentials"})", 401);
  EXPECT_EQ(identify_error(), ErrorCode::provider_rejected);
}

}  // namespace
}  // namespace latchkey::providers
