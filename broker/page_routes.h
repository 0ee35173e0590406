// The built-in pages, the files they are made of, and the OpenAPI description of all routes. The
// pages are clients of the JSON API like any other front end.
#pragma once

#include "broker/http/router.h"
#include "broker/mail/post_office.h"
#include "broker/redirect_target.h"
#include "broker/visitor_answers.h"

namespace latchkey::broker {

class PageRoutes {
 public:
  PageRoutes(const config::Config& config, const PostOffice& post_office, const FaultPages& faults,
             const RedirectTargets& targets)
      : config_(config), post_office_(post_office), faults_(faults), targets_(targets) {}
  void mount(http::Router& router);

 private:
  http::Response root(const http::Request& request) const;
  http::Response error_page(const http::Request& request) const;
  http::Response settings() const;
  http::Response go_on(const http::Request& request) const;

  const config::Config& config_;
  const PostOffice& post_office_;
  const FaultPages& faults_;
  const RedirectTargets& targets_;
};

}  // namespace latchkey::broker
