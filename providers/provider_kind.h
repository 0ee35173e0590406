// What a provider's file gives to the table in registry.cpp: what a configuration that says nothing
// means, and how the provider is made. BaseProvider is what they build upon.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "providers/http_client.h"
#include "providers/outbound.h"
#include "providers/profile.h"
#include "providers/provider.h"

namespace latchkey::providers {

// `settings` has id, label and scopes set. `http` and `clock` outlive the provider.
struct Setup {
  config::Provider settings;
  HttpClient& http;
  const Clock& clock;
};

struct ProviderKind {
  config::ProviderType type;
  std::string_view label;  // what the button says; empty: the provider's id
  std::vector<std::string> scopes;
  std::unique_ptr<Provider> (*make)(Setup setup);
  // What the address is worth; nullopt when there is none that Latchkey accepts.
  // domain_not_allowed.
  Result<std::optional<ProviderEmail>> (*judge)(const config::Provider& settings,
                                                const EmailClaim& claim);
};

// Id, label, settings and the way to the network.
class BaseProvider : public Provider {
 public:
  [[nodiscard]] const std::string& id() const final { return settings_.id; }
  [[nodiscard]] const std::string& label() const final { return settings_.label; }
  [[nodiscard]] ProviderHealth health() const override { return outbound_.health(); }

 protected:
  explicit BaseProvider(Setup setup)
      : settings_(std::move(setup.settings)),
        clock_(setup.clock),
        outbound_(settings_, setup.http, setup.clock) {}

  const config::Provider settings_;
  const Clock& clock_;
  Outbound outbound_;
};

}  // namespace latchkey::providers
