#include "providers/registry.h"

#include <gtest/gtest.h>

#include "fake_http.h"
#include "providers/allowed_domains.h"
#include "tests/support/fake_clock.h"

namespace latchkey::providers {
namespace {

using Settings = std::map<std::string, config::Provider>;

config::Provider settings(const std::string& id, config::ProviderType type) {
  config::Provider provider;
  provider.id = id;
  provider.type = type;
  provider.client_id = "client";
  provider.client_secret = Secret("secret");
  provider.issuer = type == config::ProviderType::oidc ? "https://idp.example" : "";
  return provider;
}

Settings all_settings() {
  Settings all;
  all["acme"] = settings("acme", config::ProviderType::oidc);
  all["facebook"] = settings("facebook", config::ProviderType::facebook);
  all["github"] = settings("github", config::ProviderType::github);
  all["google"] = settings("google", config::ProviderType::google);
  all["work"] = settings("work", config::ProviderType::oidc);
  return all;
}

Registry make(const Settings& all, const Clock& clock) { return {all, config::Outbound{}, clock}; }

TEST(RegistryTest, KnownOnesFirstThenById) {
  const test::FakeClock clock;
  const Registry registry = make(all_settings(), clock);
  std::vector<std::string> ids;
  for (const Provider* provider : registry.all()) ids.push_back(provider->id());
  EXPECT_EQ(ids, (std::vector<std::string>{"github", "google", "facebook", "acme", "work"}));
}

TEST(RegistryTest, FindsById) {
  const test::FakeClock clock;
  const Registry registry = make(all_settings(), clock);
  EXPECT_EQ(registry.find("work")->id(), "work");
  EXPECT_EQ(registry.find("google-oauth2")->id(), "google");
  EXPECT_EQ(registry.find("Google"), nullptr);
  EXPECT_EQ(registry.find(""), nullptr);
}

TEST(RegistryTest, AliasOfAnAbsentGoogle) {
  const test::FakeClock clock;
  EXPECT_EQ(make({}, clock).find("google-oauth2"), nullptr);
}

TEST(RegistryTest, DisabledProvidersAreNotThere) {
  const test::FakeClock clock;
  Settings all = all_settings();
  all["github"].enabled = false;
  const Registry registry = make(all, clock);
  EXPECT_EQ(registry.find("github"), nullptr);
  EXPECT_EQ(registry.all().size(), 4U);
}

TEST(RegistryTest, LabelsAreTheKindsUnlessConfigured) {
  const test::FakeClock clock;
  Settings all = all_settings();
  all["work"].label = "Work account";
  const Registry registry = make(all, clock);
  EXPECT_EQ(registry.find("github")->label(), "GitHub");
  EXPECT_EQ(registry.find("google")->label(), "Google");
  EXPECT_EQ(registry.find("facebook")->label(), "Facebook");
  EXPECT_EQ(registry.find("acme")->label(), "acme");
  EXPECT_EQ(registry.find("work")->label(), "Work account");
}

TEST(RegistryTest, TwoProvidersOfOneKindAreApart) {
  const test::FakeClock clock;
  Settings all;
  all["github"] = settings("github", config::ProviderType::github);
  all["ghe"] = settings("ghe", config::ProviderType::github);
  all["ghe"].authorize_url = "https://ghe.example/login/oauth/authorize";
  const Registry registry = make(all, clock);
  EXPECT_TRUE(registry.find("ghe")->authorize_url({})->starts_with("https://ghe.example/"));
  EXPECT_TRUE(registry.find("github")->authorize_url({})->starts_with("https://github.com/"));
}

TEST(RegistryTest, OnesIllnessIsNotTheOthers) {
  const test::FakeClock clock;
  auto owned = std::make_unique<test::FakeHttp>();
  test::FakeHttp& http = *owned;
  const Registry registry(all_settings(), std::move(owned), clock);
  http.breaks(HttpFault::timeout);
  for (int i = 0; i < 6; ++i) EXPECT_FALSE(registry.find("acme")->issuer_rule());
  EXPECT_EQ(http.requests.size(), 5U);
  EXPECT_FALSE(registry.find("work")->issuer_rule());
  EXPECT_EQ(http.requests.size(), 6U);
}

class OnePerson final : public Provider {
 public:
  explicit OnePerson(std::optional<ProviderEmail> email) : email_(std::move(email)) {}
  [[nodiscard]] const std::string& id() const override { return id_; }
  [[nodiscard]] const std::string& label() const override { return id_; }
  [[nodiscard]] ProviderHealth health() const override { return {.detail = "of one"}; }
  Result<std::string> authorize_url(const AuthorizeRequest&) override { return "https://a"; }
  Result<IssuerRule> issuer_rule() override { return IssuerRule{.expected = "https://i"}; }
  Result<Identity> identify(const CodeExchange&) override {
    return Identity{.provider = id_, .subject = "1", .email = email_, .name = {}, .avatar_url = {}};
  }

 private:
  std::string id_ = "one";
  std::optional<ProviderEmail> email_;
};

bool admitted(std::optional<ProviderEmail> email) {
  AllowedDomains provider(std::make_unique<OnePerson>(std::move(email)),
                          {"Example.com", "example.org"});
  const auto identity = provider.identify({});
  if (!identity) {
    EXPECT_EQ(identity.error().code, ErrorCode::domain_not_allowed);
  }
  return identity.has_value();
}

TEST(AllowedDomainsTest, OnlyVerifiedAddressesInTheDomainsThemselves) {
  EXPECT_TRUE(admitted(ProviderEmail{.address = "a@example.com", .verified = true}));
  EXPECT_TRUE(admitted(ProviderEmail{.address = "a@example.org", .verified = true}));
  EXPECT_FALSE(admitted(ProviderEmail{.address = "a@example.com", .verified = false}));
  EXPECT_FALSE(admitted(ProviderEmail{.address = "a@sub.example.com", .verified = true}));
  EXPECT_FALSE(admitted(ProviderEmail{.address = "a@evilexample.com", .verified = true}));
  EXPECT_FALSE(admitted(ProviderEmail{.address = "a@example.com.evil.net", .verified = true}));
  EXPECT_FALSE(admitted(std::nullopt));
}

TEST(AllowedDomainsTest, TheRestIsTheProviders) {
  AllowedDomains provider(std::make_unique<OnePerson>(std::nullopt), {"example.com"});
  EXPECT_EQ(provider.id(), "one");
  EXPECT_EQ(provider.health().detail, "of one");
  EXPECT_EQ(*provider.authorize_url({}), "https://a");
  EXPECT_EQ(provider.issuer_rule()->expected, "https://i");
}

// The table of DESIGN section 6, "verified means", by kind of provider.
struct Judged {
  bool verified = false;
  bool authoritative = false;
  friend bool operator==(const Judged&, const Judged&) = default;
};

Judged judged(const config::Provider& provider, const EmailClaim& claim) {
  const auto email = judge_email(provider, claim);
  EXPECT_TRUE(email && *email);
  return email && *email ? Judged{(*email)->verified, (*email)->authoritative} : Judged{};
}

TEST(JudgeEmailTest, EachKindHasItsOwnRules) {
  using config::ProviderType;
  const EmailClaim said{.address = "a@example.com", .verified = true};
  const EmailClaim unsaid{.address = "a@example.com"};
  config::Provider github = settings("github", ProviderType::github);
  config::Provider google = settings("google", ProviderType::google);
  config::Provider facebook = settings("facebook", ProviderType::facebook);
  config::Provider oidc = settings("work", ProviderType::oidc);

  EXPECT_EQ(judged(github, said), (Judged{true, true}));
  EXPECT_EQ(judged(github, unsaid), (Judged{false, false}));
  EXPECT_EQ(judged(google, said), (Judged{true, false})) << "not Google's address";
  EXPECT_EQ(judged(google, {.address = "a@gmail.com", .verified = true}), (Judged{true, true}));
  EXPECT_EQ(judged(google, {.address = "a@gmail.com"}), (Judged{false, false}));
  EXPECT_EQ(judged(google,
                   {.address = "a@example.com", .verified = true, .hosted_domain = "example.com"}),
            (Judged{true, true}));
  EXPECT_EQ(judged(facebook, said), (Judged{false, false}));
  EXPECT_EQ(judged(oidc, said), (Judged{false, false}));

  for (config::Provider* provider : {&github, &google, &facebook, &oidc}) {
    provider->trust_email = true;
  }
  EXPECT_EQ(judged(facebook, unsaid), (Judged{true, true}));
  EXPECT_EQ(judged(oidc, said), (Judged{true, true}));
  EXPECT_EQ(judged(oidc, unsaid), (Judged{false, false}));
  github.trust_email = false;
  EXPECT_EQ(judged(github, said), (Judged{true, false}));
}

TEST(JudgeEmailTest, DomainsAreTheSignIns) {
  config::Provider github = settings("github", config::ProviderType::github);
  github.allowed_domains = {"example.com"};
  const auto code = [](const config::Provider& provider, const EmailClaim& claim) {
    const auto email = judge_email(provider, claim);
    return email ? "" : std::string(describe(email.error().code).code);
  };
  EXPECT_EQ(code(github, {.address = "a@Example.com", .verified = true}), "");
  EXPECT_EQ(code(github, {.address = "a@example.com"}), "domain_not_allowed");
  EXPECT_EQ(code(github, {.address = "a@example.org", .verified = true}), "domain_not_allowed");
  EXPECT_EQ(code(github, {}), "domain_not_allowed");

  config::Provider google = settings("google", config::ProviderType::google);
  google.hosted_domain = "example.com";
  EXPECT_EQ(code(google, {.hosted_domain = "Example.com"}), "");
  EXPECT_EQ(code(google, {.address = "a@example.com", .verified = true}), "domain_not_allowed");
}

TEST(JudgeEmailTest, NoAddressIsNoEmail) {
  const auto email = judge_email(settings("github", config::ProviderType::github),
                                 {.address = "a@b@c", .verified = true});
  ASSERT_TRUE(email);
  EXPECT_FALSE(*email);
}

}  // namespace
}  // namespace latchkey::providers
