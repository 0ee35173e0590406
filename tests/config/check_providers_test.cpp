#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/loading.h"

namespace latchkey::config {
namespace {

using testing::find;
using ::testing::HasSubstr;
using testing::lines;
using testing::load;
using testing::only_fault;

// [providers.<id>] with credentials and the given lines.
std::string provider(const std::string& id, const std::string& more) {
  return "[providers.\"" + id + "\"]\nclient_id = \"a\"\nclient_secret = \"b\"\n" + more;
}

TEST(CheckProviders, IdGivesTheType) {
  const Loaded loaded =
      load(provider("github", "") + provider("google", "") + provider("facebook", "") +
           provider("company", "issuer = \"https://id.example.com\"\n") +
           provider("enterprise", "type = \"github\"\n"));
  EXPECT_EQ(lines(loaded.faults), "");
  const auto& providers = loaded.config.providers;
  EXPECT_EQ(providers.at("github").type, ProviderType::github);
  EXPECT_EQ(providers.at("google").type, ProviderType::google);
  EXPECT_EQ(providers.at("facebook").type, ProviderType::facebook);
  EXPECT_EQ(providers.at("company").type, ProviderType::oidc);
  EXPECT_EQ(providers.at("enterprise").type, ProviderType::github);
  EXPECT_EQ(providers.at("enterprise").id, "enterprise");
}

TEST(CheckProviders, IdsFollowAGrammar) {
  const std::string type = "type = \"github\"\n";
  for (const char* id : {"GitHub", "a_b", "a.b", "-a", "", "a/b", "caf\xc3\xa9",
                         "a23456789012345678901234567890123"}) {
    EXPECT_THAT(only_fault(load(provider(id, type))), HasSubstr("is no provider id")) << id;
  }
  for (const char* id : {"a", "9gag", "my-idp", "a2345678901234567890123456789012"}) {
    EXPECT_EQ(lines(load(provider(id, type)).faults), "") << id;
  }
}

TEST(CheckProviders, IdsThatAreRoutesAreReserved) {
  for (const char* id : {"providers", "verify", "error", "pending", "assets", "google-oauth2"}) {
    EXPECT_THAT(only_fault(load(provider(id, "type = \"github\"\n"))),
                HasSubstr("latchkey.toml:1: providers." + std::string(id) + ": is a reserved id"))
        << id;
  }
}

TEST(CheckProviders, CredentialsAreRequiredOfEnabledOnes) {
  EXPECT_EQ(lines(load("[providers.github]\n").faults),
            "latchkey.toml:1: providers.github.client_id: is missing; set what the provider gave "
            "you, or enabled = false\n"
            "latchkey.toml:1: providers.github.client_secret: is missing; set it here or with "
            "client_secret_file, or enabled = false\n");
  EXPECT_EQ(lines(load("[providers.github]\nenabled = false\n").faults), "");
}

TEST(CheckProviders, OpenIdNeedsAnIssuerEvenWithItsEndpoints) {
  EXPECT_THAT(only_fault(load(provider("company", ""))),
              HasSubstr("latchkey.toml:1: providers.company.issuer: is missing; set the `iss`"));
  EXPECT_THAT(only_fault(load(provider("company",
                                       "authorize_url = \"https://id.example.com/a\"\n"
                                       "token_url = \"https://id.example.com/t\"\n"
                                       "jwks_url = \"https://id.example.com/k\"\n"))),
              HasSubstr("providers.company.issuer: is missing"));
  EXPECT_EQ(lines(load(provider("company", "enabled = false\n")).faults), "");
}

TEST(CheckProviders, EndpointsAreHttps) {
  const auto fault = [](const std::string& url, const std::string& more) {
    return only_fault(load(provider("github", "token_url = \"" + url + "\"\n" + more)));
  };
  EXPECT_THAT(fault("http://example.com/t", ""), HasSubstr("which is http; use https"));
  EXPECT_THAT(fault("http://example.com/t", "allow_http = true\n"), HasSubstr("use https"));
  EXPECT_THAT(fault("http://localhost.example.com/t", "allow_http = true\n"),
              HasSubstr("use https"));
  EXPECT_THAT(fault("http://localhost:9000/t", ""), HasSubstr("or allow_http = true"));
  EXPECT_THAT(fault("example.com/t", ""), HasSubstr("use an absolute https URL"));
  EXPECT_THAT(fault("https://example.com/t#x", ""), HasSubstr("use an absolute https URL"));
  EXPECT_THAT(fault("file:///etc/passwd", ""), HasSubstr("use an absolute https URL"));
  for (const char* url : {"http://localhost:9000/t", "http://127.0.0.1:9000/t", "http://[::1]/t"}) {
    EXPECT_EQ(lines(load(provider("github",
                                  std::string("allow_http = true\ntoken_url = \"") + url + "\"\n"))
                        .faults),
              "")
        << url;
  }
}

TEST(CheckProviders, EveryEndpointIsChecked) {
  for (const char* key :
       {"authorize_url", "token_url", "api_url", "issuer", "jwks_url", "userinfo_url"}) {
    EXPECT_THAT(
        only_fault(load(provider("github", std::string(key) + " = \"http://example.com\"\n"))),
        HasSubstr("latchkey.toml:4: providers.github." + std::string(key) + ": is"))
        << key;
  }
}

TEST(CheckProviders, HostedDomainIsGooglesOnly) {
  EXPECT_THAT(only_fault(load(provider("github", "hosted_domain = \"example.com\"\n"))),
              HasSubstr("4: providers.github.hosted_domain: is set for a provider that is not"));
  EXPECT_EQ(lines(load(provider("google", "hosted_domain = \"example.com\"\n")).faults), "");
}

TEST(CheckProviders, UnknownKeysNameTheProvider) {
  EXPECT_EQ(only_fault(load("[providers.github]\nclient_ID = \"a\"\nclient_secret = \"b\"\n")),
            "latchkey.toml:2: providers.github.client_ID: is an unknown key; did you mean "
            "\"client_id\"?");
}

TEST(CheckProviders, NoneEnabledIsAWarning) {
  EXPECT_NE(find(load("").warnings, "providers"), nullptr);
  EXPECT_NE(find(load(provider("github", "enabled = false\n")).warnings, "providers"), nullptr);
  EXPECT_EQ(find(load(provider("github", "")).warnings, "providers"), nullptr);
}

}  // namespace
}  // namespace latchkey::config
