// What people do to prove and change who they are, over JSON: signing up, e-mail addresses,
// passwords, confirming that it is them. Each use case is a class in broker/accounts/.
#pragma once

#include "broker/accounts/email_change.h"
#include "broker/accounts/email_verification.h"
#include "broker/accounts/password_change.h"
#include "broker/accounts/password_reset.h"
#include "broker/accounts/reauthentication.h"
#include "broker/accounts/signup.h"
#include "broker/http/router.h"
#include "broker/redirect_target.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {

class CredentialRoutes {
 public:
  struct Parts {
    Signup& signup;
    EmailVerification& verification;
    EmailChange& email_change;
    PasswordChange& password_change;
    PasswordReset& password_reset;
    Reauthentication& reauthentication;
    const RedirectTargets& targets;
    const LoginCookies& login_cookies;
  };

  explicit CredentialRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response sign_up(const http::Request& request, JsonView form);
  http::Response verify_email(const http::Request& request, JsonView form);
  http::Response send_verification_again(const http::Request& request, JsonView form);
  http::Response change_email(const http::Request& request, JsonView form);
  http::Response change_password(const http::Request& request, JsonView form);
  http::Response ask_reset(const http::Request& request, JsonView form);
  http::Response confirm_reset(const http::Request& request, JsonView form);
  http::Response reauthenticate(const http::Request& request, JsonView form);

  Parts parts_;
};

}  // namespace latchkey::broker
