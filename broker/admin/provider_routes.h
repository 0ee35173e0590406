// /api/admin/providers/: how the configured providers are, as this instance knows it from its
// visitors' sign-ins. No provider is asked anything.
#pragma once

#include "broker/admin/staff_gate.h"
#include "config/config.h"
#include "providers/registry.h"

namespace latchkey::broker::admin {

class ProviderRoutes {
 public:
  ProviderRoutes(const StaffGate& gate, const providers::Registry& providers,
                 const config::Config& config)
      : gate_(gate), providers_(providers), config_(config) {}
  void mount(http::Router& router);

 private:
  http::Response list(const http::Request& request) const;

  const StaffGate& gate_;
  const providers::Registry& providers_;
  const config::Config& config_;
};

}  // namespace latchkey::broker::admin
