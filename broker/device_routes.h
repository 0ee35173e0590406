// Where the signed-in user is signed in, over JSON: the list of sessions, ending one, ending all
// others.
#pragma once

#include "broker/http/router.h"
#include "broker/own_sessions.h"
#include "providers/registry.h"
#include "sessions/session_service.h"

namespace latchkey::broker {

class DeviceRoutes {
 public:
  struct Parts {
    sessions::SessionService& sessions;
    OwnSessions& own;
    const providers::Registry& providers;
    const config::Config& config;
  };

  explicit DeviceRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response list(const http::Request& request);
  http::Response end_one(const http::Request& request);
  http::Response end_others(const http::Request& request);

  [[nodiscard]] std::string label_of(const std::string& method) const;

  Parts parts_;
};

}  // namespace latchkey::broker
