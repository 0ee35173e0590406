#include "providers/registry.h"

#include <algorithm>
#include <stdexcept>

#include "base/try.h"
#include "providers/allowed_domains.h"
#include "providers/curl_client.h"
#include "providers/provider_kind.h"

namespace latchkey::providers {

ProviderKind github();
ProviderKind google();
ProviderKind facebook();
ProviderKind oidc();

namespace {

// Every kind of provider, in the order of their buttons. No self-registering statics: what is in
// the program can be read here.
const std::vector<ProviderKind>& kinds() {
  static const std::vector<ProviderKind> table = {
      github(),
      google(),
      facebook(),
      oidc(),
  };
  return table;
}

const ProviderKind& kind_of(const config::Provider& settings) {
  const auto kind =
      std::find_if(kinds().begin(), kinds().end(),
                   [&](const ProviderKind& candidate) { return candidate.type == settings.type; });
  if (kind == kinds().end()) throw std::logic_error("no such kind of provider: " + settings.id);
  return *kind;
}

std::unique_ptr<Provider> make(config::Provider settings, HttpClient& http, const Clock& clock) {
  const ProviderKind& kind = kind_of(settings);
  settings.label = label_of(settings);
  if (settings.scopes.empty()) settings.scopes = kind.scopes;
  auto domains = settings.allowed_domains;
  auto provider = kind.make({.settings = std::move(settings), .http = http, .clock = clock});
  if (domains.empty()) return provider;
  return std::make_unique<AllowedDomains>(std::move(provider), std::move(domains));
}

// github, google and facebook as they are known, then whatever else by its id.
std::size_t rank(std::string_view id) {
  constexpr std::string_view kFirst[] = {"github", "google", "facebook"};
  return static_cast<std::size_t>(std::find(std::begin(kFirst), std::end(kFirst), id) - kFirst);
}

}  // namespace

std::string label_of(const config::Provider& settings) {
  if (!settings.label.empty()) return settings.label;
  const std::string_view usual = kind_of(settings).label;
  return usual.empty() ? settings.id : std::string(usual);
}

Result<std::optional<ProviderEmail>> judge_email(const config::Provider& settings,
                                                 const EmailClaim& claim) {
  LATCHKEY_TRY_ASSIGN(auto email, kind_of(settings).judge(settings, claim));
  LATCHKEY_TRY(check_domain(email, settings.allowed_domains));
  return email;
}

Registry::Registry(const std::map<std::string, config::Provider>& providers,
                   const config::Outbound& outbound, const Clock& clock)
    : Registry(providers, std::make_unique<CurlClient>(outbound.ca_file), clock) {}

Registry::Registry(const std::map<std::string, config::Provider>& providers,
                   std::unique_ptr<HttpClient> http, const Clock& clock)
    : http_(std::move(http)) {
  for (const auto& [id, settings] : providers) {
    if (!settings.enabled) continue;
    auto provider = make(settings, *http_, clock);
    order_.push_back(provider.get());
    by_id_.emplace(id, std::move(provider));
  }
  std::stable_sort(order_.begin(), order_.end(), [](const Provider* a, const Provider* b) {
    return rank(a->id()) < rank(b->id());
  });
}

Registry::~Registry() = default;

Provider* Registry::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) return found->second.get();
  return id == "google-oauth2" ? find("google") : nullptr;
}

}  // namespace latchkey::providers
