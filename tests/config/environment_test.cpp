#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/loading.h"

namespace latchkey::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines;
using testing::load;
using testing::only_fault;

TEST(Environment, AloneIsAConfiguration) {
  const Loaded loaded = load_file("", {{"LATCHKEY_SERVER_SECRET_KEY", testing::kSecretKey},
                                       {"LATCHKEY_SERVER_LISTEN", "0.0.0.0:80"},
                                       {"LATCHKEY_SESSION_IDLE_TIMEOUT", "1h"},
                                       {"LATCHKEY_SESSION_ABSOLUTE_TIMEOUT", "7200"},
                                       {"LATCHKEY_DATABASE_POOL_SIZE", "16"},
                                       {"LATCHKEY_ACCOUNTS_SIGNUP", "No"},
                                       {"LATCHKEY_SPA_CALLBACK", "server"}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.server.listen, "0.0.0.0:80");
  EXPECT_EQ(loaded.config.session.idle_timeout, std::chrono::hours(1));
  EXPECT_EQ(loaded.config.session.absolute_timeout, std::chrono::hours(2));
  EXPECT_EQ(loaded.config.database.pool_size, 16);
  EXPECT_FALSE(loaded.config.accounts.signup);
}

TEST(Environment, WinsOverTheFile) {
  const Loaded loaded =
      load("[session]\ncookie_name = \"a\"\nidle_timeout = \"nonsense\"\n",
           {{"LATCHKEY_SESSION_COOKIE_NAME", "b"}, {"LATCHKEY_SESSION_IDLE_TIMEOUT", "2h"}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.session.cookie_name, "b");
  EXPECT_EQ(loaded.config.session.idle_timeout, std::chrono::hours(2));
}

TEST(Environment, ListsAreCommaSeparated) {
  const Loaded loaded =
      load("spa.origins = [\"https://old.example.com\"]",
           {{"LATCHKEY_SPA_ORIGINS", "https://a.example.com, https://b.example.com,"},
            {"LATCHKEY_SERVER_TRUSTED_PROXIES", ""}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_THAT(loaded.config.spa.origins,
              ElementsAre("https://a.example.com", "https://b.example.com"));
  EXPECT_THAT(loaded.config.server.trusted_proxies, ElementsAre());
}

TEST(Environment, DefinesProviders) {
  const Loaded loaded = load("", {{"LATCHKEY_PROVIDERS_GITHUB_CLIENT_ID", "id"},
                                  {"LATCHKEY_PROVIDERS_GITHUB_CLIENT_SECRET", "secret"},
                                  {"LATCHKEY_PROVIDERS_MY_IDP_ISSUER", "https://id.example.com"},
                                  {"LATCHKEY_PROVIDERS_MY_IDP_CLIENT_ID", "id2"},
                                  {"LATCHKEY_PROVIDERS_MY_IDP_CLIENT_SECRET", "secret2"},
                                  {"LATCHKEY_PROVIDERS_MY_IDP_SCOPES", "openid,email"}});
  EXPECT_EQ(lines(loaded.faults), "");
  ASSERT_EQ(loaded.config.providers.size(), 2U);
  EXPECT_EQ(loaded.config.providers.at("github").type, ProviderType::github);
  const Provider& own = loaded.config.providers.at("my-idp");
  EXPECT_EQ(own.id, "my-idp");
  EXPECT_EQ(own.type, ProviderType::oidc);
  EXPECT_EQ(own.issuer, "https://id.example.com");
  EXPECT_EQ(own.client_secret.reveal(), "secret2");
  EXPECT_THAT(own.scopes, ElementsAre("openid", "email"));
}

TEST(Environment, ProviderOfTheFileIsFoundByItsId) {
  const Loaded loaded =
      load("[providers.my-client]\nissuer = \"https://id.example.com\"\nclient_id = \"a\"\n",
           {{"LATCHKEY_PROVIDERS_MY_CLIENT_CLIENT_ID", "b"},
            {"LATCHKEY_PROVIDERS_MY_CLIENT_CLIENT_SECRET", "c"}});
  EXPECT_EQ(lines(loaded.faults), "");
  ASSERT_EQ(loaded.config.providers.size(), 1U);
  EXPECT_EQ(loaded.config.providers.at("my-client").client_id, "b");
  EXPECT_EQ(loaded.config.providers.at("my-client").client_secret.reveal(), "c");
}

TEST(Environment, ProviderSecretMayBeAFile) {
  const testing::Folder folder;
  const Loaded loaded =
      load("", {{"LATCHKEY_PROVIDERS_GOOGLE_CLIENT_ID", "id"},
                {"LATCHKEY_PROVIDERS_GOOGLE_CLIENT_SECRET_FILE", folder.write("s", "google\n")}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.providers.at("google").client_secret.reveal(), "google");
}

TEST(Environment, UnknownVariablesAreFaults) {
  EXPECT_EQ(only_fault(load("", {{"LATCHKEY_SERVER_LISTN", "x"}})),
            "environment LATCHKEY_SERVER_LISTN: stands for no key; did you mean "
            "LATCHKEY_SERVER_LISTEN?");
  EXPECT_EQ(only_fault(load("", {{"LATCHKEY_PROVIDERS_GITHUB_CLIENTID", "x"}})),
            "environment LATCHKEY_PROVIDERS_GITHUB_CLIENTID: stands for no key; did you mean "
            "LATCHKEY_PROVIDERS_GITHUB_CLIENT_ID?");
  EXPECT_THAT(only_fault(load("", {{"LATCHKEY_PROVIDERS_CLIENT_ID", "x"}})),
              HasSubstr("LATCHKEY_PROVIDERS_CLIENT_ID: stands for no key"));
  EXPECT_THAT(only_fault(load("", {{"LATCHKEY_", "x"}})), HasSubstr("stands for no key"));
  // Only secrets have a _FILE.
  EXPECT_THAT(only_fault(load("", {{"LATCHKEY_SERVER_LISTEN_FILE", "x"}})),
              HasSubstr("stands for no key"));
}

TEST(Environment, VariablesThatAreNotOursAreLeftAlone) {
  const Loaded loaded = load("", {{"LATCHKEY_CONFIG", "/etc/latchkey/latchkey.toml"},
                                  {"LATCHKEY_TEST_DATABASE", "x"},
                                  {"LATCHKEY_SERVICE_HOST", "10.0.0.1"},
                                  {"LATCHKEY_SERVICE_PORT", "80"},
                                  {"LATCHKEY_SERVICE_PORT_HTTP", "80"},
                                  {"LATCHKEY_PORT", "tcp://10.0.0.1:80"},
                                  {"LATCHKEY_PORT_80_TCP", "tcp://10.0.0.1:80"},
                                  {"LATCHKEY_PORT_80_TCP_ADDR", "10.0.0.1"},
                                  {"LATCHKEY_DB_SERVICE_HOST", "10.0.0.2"},
                                  {"PATH", "/bin"}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_THAT(only_fault(load("", {{"LATCHKEY_PORT", "8080"}})), HasSubstr("stands for no key"));
}

TEST(Environment, WrongValuesNameTheVariable) {
  EXPECT_EQ(only_fault(load("", {{"LATCHKEY_DATABASE_POOL_SIZE", "many"}})),
            "environment LATCHKEY_DATABASE_POOL_SIZE: database.pool_size: is \"many\"; use a whole "
            "number from 1 to 100");
  EXPECT_EQ(only_fault(load("", {{"LATCHKEY_SERVER_DEMO", ""}})),
            "environment LATCHKEY_SERVER_DEMO: server.demo: is empty; use true or false");
  EXPECT_THAT(only_fault(load("", {{"LATCHKEY_SERVER_PUBLIC_URL", ""}})),
              HasSubstr("server.public_url: is empty; remove the key to have its default"));
}

TEST(Environment, EmptyTextIsNone) {
  const Loaded loaded =
      load("[session]\ncookie_domain = \"localhost\"\n",
           {{"LATCHKEY_SESSION_COOKIE_DOMAIN", ""}, {"LATCHKEY_SERVER_METRICS_LISTEN", ""}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.session.cookie_domain, "");
  EXPECT_EQ(loaded.config.server.metrics_listen, "");
}

TEST(Environment, OfTheProcessIsItsLatchkeyVariables) {
  ASSERT_EQ(setenv("LATCHKEY_TEST_PROCESS_ENVIRONMENT", "a=b", 1), 0);  // NOLINT: one thread
  const Environment environment = process_environment();
  EXPECT_EQ(environment.at("LATCHKEY_TEST_PROCESS_ENVIRONMENT"), "a=b");
  EXPECT_FALSE(environment.contains("PATH"));
}

}  // namespace
}  // namespace latchkey::config
