// Logging in by password, logging out, and the CSRF cookie: the routes a front end written for
// Django or DRF calls.
#pragma once

#include "broker/http/origin_policy.h"
#include "broker/http/router.h"
#include "broker/own_sessions.h"
#include "broker/password_login.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {

class SessionRoutes {
 public:
  struct Parts {
    PasswordLogin& password_login;
    sessions::SessionService& sessions;
    OwnSessions& own_sessions;
    const sessions::CsrfTokens& csrf;
    const LoginCookies& login_cookies;
    const http::OriginPolicy& origins;
    const config::Config& config;
  };

  explicit SessionRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response set_csrf_cookie(const http::Request& request) const;
  http::Response login(const http::Request& request);
  http::Response logout(const http::Request& request);
  Status end_sessions(const http::Request& request);

  Parts parts_;
};

}  // namespace latchkey::broker
