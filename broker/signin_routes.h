// The browser's and the SPA's way through a sign-in: buttons, and the trip to the provider and
// back. A route only parses, calls the flow, and answers.
#pragma once

#include "broker/http/router.h"
#include "broker/signin_flow.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {

class SigninRoutes {
 public:
  struct Parts {
    SigninFlow& flow;
    providers::Registry& providers;
    const config::Config& config;
    const LoginCookies& login_cookies;
    const FaultPages& faults;
  };

  explicit SigninRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response list_providers(const http::Request& request) const;
  http::Response begin(const http::Request& request);
  http::Response callback(const http::Request& request);
  http::Response complete_as_json(const http::Request& request);

  void write_completed(http::Response& response, const Completed& completed) const;
  [[nodiscard]] std::string login_url(const std::string& provider) const;
  [[nodiscard]] http::Response completed_in_browser(const Completed& completed) const;
  [[nodiscard]] http::Response completed_as_json(const Completed& completed) const;

  Parts parts_;
};

}  // namespace latchkey::broker
