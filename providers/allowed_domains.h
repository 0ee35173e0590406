// A provider whose visitors must come from one of the configured domains (`allowed_domains`). Wraps
// any provider, so that none has to think of it and none can forget it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "providers/provider.h"

namespace latchkey::providers {

// domain_not_allowed unless the provider vouches for an address in one of the domains, which are
// compared without regard to case. Without domains everybody is admitted.
Status check_domain(const std::optional<ProviderEmail>& email,
                    const std::vector<std::string>& domains);

class AllowedDomains final : public Provider {
 public:
  AllowedDomains(std::unique_ptr<Provider> provider, std::vector<std::string> domains);

  [[nodiscard]] const std::string& id() const override { return provider_->id(); }
  [[nodiscard]] const std::string& label() const override { return provider_->label(); }
  [[nodiscard]] ProviderHealth health() const override { return provider_->health(); }
  Result<std::string> authorize_url(const AuthorizeRequest& request) override {
    return provider_->authorize_url(request);
  }
  Result<IssuerRule> issuer_rule() override { return provider_->issuer_rule(); }
  // As check_domain() says.
  Result<Identity> identify(const CodeExchange& exchange) override;

 private:
  const std::unique_ptr<Provider> provider_;
  const std::vector<std::string> domains_;
};

}  // namespace latchkey::providers
