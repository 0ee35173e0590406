// The providers that ship, run against the dev provider as a browser and a broker would: the happy
// path of everybody, and what each fault ends with.
#include <gmock/gmock.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "fixture.h"
#include "providers/registry.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using providers::Identity;

class Production : public DevFixture {
 protected:
  static config::Provider settings_of(StandIn stand_in) {
    const std::string base = dev().base_url() + '/' + std::string(name_of(stand_in));
    config::Provider settings;
    settings.id = name_of(stand_in);
    settings.client_id = "app-1";
    settings.client_secret = Secret("dev-secret");
    settings.allow_http = true;
    switch (stand_in) {
      case StandIn::github:
        settings.type = config::ProviderType::github;
        settings.authorize_url = base + "/login/oauth/authorize";
        settings.token_url = base + "/login/oauth/access_token";
        settings.api_url = base + "/api";
        settings.issuer = base + "/login/oauth";
        break;
      case StandIn::facebook:
        settings.type = config::ProviderType::facebook;
        settings.authorize_url = base + "/dialog/oauth";
        settings.api_url = base + "/v19.0";
        break;
      case StandIn::google:
        settings.type = config::ProviderType::google;
        settings.issuer = base;
        break;
      case StandIn::oidc:
        settings.type = config::ProviderType::oidc;
        settings.issuer = base;
        settings.trust_email = true;
        break;
    }
    return settings;
  }

  providers::Provider& provider(StandIn stand_in) {
    const std::string id(name_of(stand_in));
    return *registry_.find(id);
  }

  Result<Identity> sign_in(StandIn stand_in, const std::string& person,
                           const std::string& fault = "") {
    dev().approve(person);
    const std::string url = must(
        provider(stand_in).authorize_url({.redirect_uri = kRedirectUri,
                                          .state = "state-1",
                                          .code_challenge = base64url_encode(sha256(kVerifier)),
                                          .nonce = "nonce-1"}));
    const std::string wish = fault.empty() ? "" : "&delay_ms=1&fault=" + percent_encode(fault);
    redirect_ = get(url.substr(dev().base_url().size()) + wish);
    EXPECT_EQ(redirect_.redirect_parameter("state"), "state-1");
    return provider(stand_in).identify({.code = redirect_.redirect_parameter("code"),
                                        .redirect_uri = kRedirectUri,
                                        .code_verifier = Secret(kVerifier),
                                        .nonce = "nonce-1"});
  }

  providers::Registry registry_{[] {
                                  std::map<std::string, config::Provider> all;
                                  for (const StandIn stand_in : providers::dev::kStandIns) {
                                    all[std::string(name_of(stand_in))] = settings_of(stand_in);
                                  }
                                  return all;
                                }(),
                                config::Outbound{}, clock()};
  Reply redirect_;
};

struct Expected {
  StandIn stand_in;
  const char* person;
  const char* email;  // null: none
  bool verified = false;
  bool authoritative = false;
};

class ProductionPeople : public Production, public testing::WithParamInterface<Expected> {};

TEST_P(ProductionPeople, AreSeenAsTheTableSays) {
  const Expected& expected = GetParam();
  const Identity identity = must(sign_in(expected.stand_in, expected.person));
  EXPECT_EQ(identity.provider, name_of(expected.stand_in));
  EXPECT_FALSE(identity.subject.empty());
  EXPECT_FALSE(identity.name.empty());
  ASSERT_EQ(identity.email.has_value(), expected.email != nullptr);
  if (expected.email == nullptr) return;
  EXPECT_EQ(identity.email->address, expected.email);
  EXPECT_EQ(identity.email->verified, expected.verified);
  EXPECT_EQ(identity.email->authoritative, expected.authoritative);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ProductionPeople,
    testing::Values(Expected{StandIn::github, "ada", "ada@example.com", true, true},
                    Expected{StandIn::google, "ada", "ada@example.com", true, true},
                    Expected{StandIn::facebook, "ada", "ada@example.com"},
                    Expected{StandIn::oidc, "ada", "ada@example.com", true, true},
                    Expected{StandIn::google, "grace", "grace.hopper@gmail.com", true, true},
                    Expected{StandIn::github, "linus", "linus@example.com"},
                    Expected{StandIn::google, "linus", "linus@example.com"},
                    Expected{StandIn::oidc, "linus", "linus@example.com"},
                    Expected{StandIn::github, "margaret", "margaret@example.net", true, true},
                    Expected{StandIn::google, "margaret", "margaret@example.net", true, false},
                    Expected{StandIn::facebook, "margaret", nullptr},
                    Expected{StandIn::oidc, "margaret", nullptr},
                    Expected{StandIn::github, "alan", "alan@example.com", true, true},
                    Expected{StandIn::google, "alan", "ada@example.com", true, false},
                    Expected{StandIn::facebook, "alan", "ada@example.com"},
                    Expected{StandIn::github, "katherine", "katherine@example.com", true, true},
                    Expected{StandIn::github, "dorothy", nullptr},
                    Expected{StandIn::github, "edsger", "edsger.dijkstra@example.com", true, true},
                    Expected{StandIn::google, "edsger", "edsger.dijkstra@example.com", true,
                             false}),
    [](const auto& row) {
      return std::string(name_of(row.param.stand_in)) + "_" + row.param.person;
    });

struct FaultRow {
  StandIn stand_in;
  const char* person;
  const char* fault;
  std::optional<ErrorCode> error;  // none: the sign-in succeeds
};

class ProductionFaults : public Production, public testing::WithParamInterface<FaultRow> {};

TEST_P(ProductionFaults, EndAsTheySayAndTheNextSignInSucceeds) {
  const FaultRow& row = GetParam();
  const auto identity = sign_in(row.stand_in, row.person, row.fault);
  EXPECT_EQ(identity.has_value(), !row.error.has_value());
  if (!identity && row.error) {
    EXPECT_EQ(describe(identity.error().code).code, describe(*row.error).code)
        << identity.error().detail;
  }
  EXPECT_TRUE(sign_in(row.stand_in, row.person));
}

constexpr ErrorCode kRejected = ErrorCode::provider_rejected;
constexpr ErrorCode kInvalid = ErrorCode::provider_invalid_response;
constexpr ErrorCode kUnavailable = ErrorCode::provider_unavailable;

// What can happen to any request of the back channel, at one endpoint.
std::vector<FaultRow> transport_rows(StandIn stand_in, const char* person, const char* endpoint,
                                     ErrorCode http_200_error) {
  static std::deque<std::string> names;  // FaultRow borrows them
  const auto at = [&](const char* fault) {
    return names.emplace_back(std::string(fault) + '@' + endpoint).c_str();
  };
  return {{stand_in, person, at("slow"), std::nullopt},
          {stand_in, person, at("server_error"), kUnavailable},
          {stand_in, person, at("http_200_error"), http_200_error},
          {stand_in, person, at("invalid_json"), kInvalid},
          {stand_in, person, at("huge_body"), kInvalid},
          {stand_in, person, at("dropped_connection"), kUnavailable}};
}

std::vector<FaultRow> fault_rows() {
  std::vector<FaultRow> rows;
  const auto add = [&](std::vector<FaultRow> more) {
    rows.insert(rows.end(), more.begin(), more.end());
  };
  add(transport_rows(StandIn::github, "ada", "token", kRejected));
  add(transport_rows(StandIn::github, "ada", "user", kInvalid));
  add(transport_rows(StandIn::github, "ada", "emails", kInvalid));
  add(transport_rows(StandIn::google, "ada", "token", kRejected));
  add(transport_rows(StandIn::facebook, "ada", "token", kRejected));
  add(transport_rows(StandIn::facebook, "ada", "debug_token", kRejected));
  add(transport_rows(StandIn::facebook, "ada", "me", kRejected));
  add(transport_rows(StandIn::oidc, "ada", "token", kRejected));
  // Whose ID token has no e-mail, so that userinfo is asked.
  add(transport_rows(StandIn::oidc, "margaret", "userinfo", kInvalid));
  add({{StandIn::github, "ada", "expired_token", kRejected},
       {StandIn::facebook, "ada", "expired_token", kInvalid},
       {StandIn::facebook, "ada", "wrong_audience", kInvalid},
       {StandIn::facebook, "ada", "wrong_subject", kInvalid},
       {StandIn::oidc, "margaret", "wrong_subject", kInvalid}});
  for (const StandIn stand_in : {StandIn::google, StandIn::oidc}) {
    add({{stand_in, "ada", "bad_signature", kInvalid},
         {stand_in, "ada", "unsigned_token", kInvalid},
         {stand_in, "ada", "rotated_key", std::nullopt},
         {stand_in, "ada", "wrong_nonce", kInvalid},
         {stand_in, "ada", "wrong_issuer", kInvalid},
         {stand_in, "ada", "wrong_audience", kInvalid},
         {stand_in, "ada", "expired_token", kInvalid}});
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Table, ProductionFaults, testing::ValuesIn(fault_rows()),
                         [](const auto& row) {
                           std::string name = std::string(name_of(row.param.stand_in)) + '_' +
                                              row.param.fault + '_' + row.param.person;
                           std::replace(name.begin(), name.end(), '@', '_');
                           return name;
                         });

TEST_F(Production, AWithheldEmailIsNoEmailAtEveryProvider) {
  for (const StandIn stand_in : providers::dev::kStandIns) {
    EXPECT_FALSE(must(sign_in(stand_in, "ada", "missing_email")).email) << name_of(stand_in);
  }
}

TEST_F(Production, TheIssuerOfTheRedirectIsTheOneTheProviderExpects) {
  for (const StandIn stand_in : {StandIn::github, StandIn::google, StandIn::oidc}) {
    ASSERT_TRUE(sign_in(stand_in, "ada"));
    const auto rule = must(provider(stand_in).issuer_rule());
    EXPECT_EQ(redirect_.redirect_parameter("iss"), rule.expected);
    EXPECT_EQ(rule.required, stand_in != StandIn::github);
    sign_in(stand_in, "ada", "wrong_issuer@authorize").has_value();
    EXPECT_NE(redirect_.redirect_parameter("iss"), rule.expected);
  }
}

TEST_F(Production, AWrongDiscoveryDocumentTurnsTheProviderOff) {
  dev().script_fault(StandIn::google, "wrong_issuer@discovery");
  const auto url = provider(StandIn::google)
                       .authorize_url({.redirect_uri = kRedirectUri,
                                       .state = "s",
                                       .code_challenge = kChallenge,
                                       .nonce = "n"});
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().code, kUnavailable);
}

TEST_F(Production, AFreshPersonIsANewSubjectEachTime) {
  for (const StandIn stand_in : providers::dev::kStandIns) {
    EXPECT_NE(must(sign_in(stand_in, "fresh")).subject, must(sign_in(stand_in, "fresh")).subject);
  }
}

}  // namespace
}  // namespace latchkey::test
