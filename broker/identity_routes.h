// The providers that are connected to the signed-in account, over JSON: list, connect, disconnect.
#pragma once

#include "broker/connected_identities.h"
#include "broker/http/router.h"
#include "broker/signin_flow.h"

namespace latchkey::broker {

class IdentityRoutes {
 public:
  struct Parts {
    SigninFlow& flow;
    ConnectedIdentities& identities;
    sessions::SessionService& sessions;
  };

  explicit IdentityRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response list(const http::Request& request);
  http::Response begin_connect(const http::Request& request);
  http::Response unlink(const http::Request& request);

  Parts parts_;
};

}  // namespace latchkey::broker
