// A provider whose visitors must come from one of the configured domains (`allowed_domains`). Wraps
// any provider, so that none has to think of it and none can forget it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "providers/provider.h"

namespace latchkey::providers {

class AllowedDomains final : public Provider {
 public:
  // `domains` is not empty; they are compared without regard to case.
  AllowedDomains(std::unique_ptr<Provider> provider, std::vector<std::string> domains);

  [[nodiscard]] const std::string& id() const override { return provider_->id(); }
  [[nodiscard]] const std::string& label() const override { return provider_->label(); }
  Result<std::string> authorize_url(const AuthorizeRequest& request) override {
    return provider_->authorize_url(request);
  }
  Result<IssuerRule> issuer_rule() override { return provider_->issuer_rule(); }
  // domain_not_allowed unless the provider vouches for an address in one of the domains.
  Result<Identity> identify(const CodeExchange& exchange) override;

 private:
  [[nodiscard]] bool admits(const Identity& identity) const;

  const std::unique_ptr<Provider> provider_;
  const std::vector<std::string> domains_;
};

}  // namespace latchkey::providers
