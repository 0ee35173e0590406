// What the tests of a provider share: a stub in its place, the real client, and a clock.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/url.h"
#include "providers/registry.h"
#include "stub_server.h"
#include "tests/support/fake_clock.h"

namespace latchkey::test {

class ProviderFixture : public testing::Test {
 protected:
  explicit ProviderFixture(config::ProviderType type) {
    settings.id = "acme";
    settings.type = type;
    settings.client_id = "client";
    settings.client_secret = Secret("secret");
    settings.allow_http = true;
  }

  // The provider with the settings as they are at the first call.
  providers::Provider& provider() {
    if (!registry) {
      registry = std::make_unique<providers::Registry>(
          std::map<std::string, config::Provider>{{settings.id, settings}}, config::Outbound{},
          clock);
    }
    return *registry->find(settings.id);
  }
  Result<providers::Identity> identify() { return provider().identify(exchange); }
  // The code of the expected failure.
  ErrorCode identify_error() {
    const auto identity = identify();
    EXPECT_FALSE(identity);
    return identity ? ErrorCode::internal_error : identity.error().code;
  }
  // The parameters of the URL the browser is sent to.
  QueryParameters authorize_parameters(bool force_login = false) {
    const auto url = provider().authorize_url({.redirect_uri = "https://rp.example/cb",
                                               .state = "state-1",
                                               .code_challenge = "challenge-1",
                                               .nonce = exchange.nonce,
                                               .force_login = force_login});
    EXPECT_TRUE(url);
    return url ? *parse_query(Url::parse(*url)->query) : QueryParameters{};
  }
  static std::string value_of(const QueryParameters& parameters, std::string_view name) {
    for (const auto& [key, value] : parameters) {
      if (key == name) return value;
    }
    return "(absent)";
  }

  StubServer stub;
  FakeClock clock;
  config::Provider settings;
  providers::CodeExchange exchange{.code = "code-1",
                                   .redirect_uri = "https://rp.example/cb",
                                   .code_verifier = Secret("verifier-1"),
                                   .nonce = "nonce-1"};
  std::unique_ptr<providers::Registry> registry;  // ends before the stub
};

}  // namespace latchkey::test
