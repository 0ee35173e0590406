// All configured providers, made from one explicit table of types. Adding a provider is one file
// and one line there (docs/adding-a-provider.md).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "providers/profile.h"
#include "providers/provider.h"

namespace latchkey::providers {

class HttpClient;

// What the button of a provider with these settings says.
std::string label_of(const config::Provider& settings);

// What such a provider's address is worth, exactly as at a sign-in by it. domain_not_allowed when
// `hosted_domain` or `allowed_domains` keep the person out.
Result<std::optional<ProviderEmail>> judge_email(const config::Provider& settings,
                                                 const EmailClaim& claim);

class Registry {
 public:
  // Makes every enabled provider. Goes to no network: discovery happens at first use, so the
  // service starts with a provider down.
  Registry(const std::map<std::string, config::Provider>& providers,
           const config::Outbound& outbound, const Clock& clock);
  // With a client of the caller's, for tests.
  Registry(const std::map<std::string, config::Provider>& providers,
           std::unique_ptr<HttpClient> http, const Clock& clock);
  ~Registry();

  // Null when there is none of that id. `google-oauth2` is an alias of `google`, for front ends
  // written for python-social-auth.
  [[nodiscard]] Provider* find(std::string_view id) const;
  // In the order of the configuration's ids: github, google and facebook first, then by id.
  [[nodiscard]] const std::vector<Provider*>& all() const { return order_; }

 private:
  std::unique_ptr<HttpClient> http_;
  std::map<std::string, std::unique_ptr<Provider>, std::less<>> by_id_;
  std::vector<Provider*> order_;
};

}  // namespace latchkey::providers
