// The pending sign-in of a browser, over JSON: what is missing, a code by mail, the proof.
#pragma once

#include "broker/http/router.h"
#include "broker/pending_proofs.h"
#include "broker/redirect_target.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {

class PendingRoutes {
 public:
  struct Parts {
    PendingProofs& proofs;
    const RedirectTargets& targets;
    const LoginCookies& login_cookies;
    const config::Config& config;
    const Clock& clock;
  };

  explicit PendingRoutes(Parts parts) : parts_(parts) {}
  void mount(http::Router& router);

 private:
  http::Response show(const http::Request& request);
  http::Response send_code(const http::Request& request);
  http::Response confirm(const http::Request& request);

  // nullopt: the browser holds none.
  [[nodiscard]] std::optional<PendingVisitor> visitor(const http::Request& request) const;
  void write(JsonWriter& json, const sql::PendingSignIn& pending) const;
  [[nodiscard]] http::Response confirmed(const PendingProofs::Confirmed& confirmed) const;

  Parts parts_;
};

}  // namespace latchkey::broker
