// The way of every request through the service: request id, CORS, route, origin and content-type
// checks, session, CSRF token, handler, security headers, access log. Straight-line code for a
// worker's thread; session checks, which never block, have a shorter way (broker/session_checks.h).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "broker/http/message.h"
#include "broker/http/origin_policy.h"
#include "broker/http/request_ids.h"
#include "broker/http/router.h"
#include "broker/http/trusted_proxies.h"
#include "config/config.h"
#include "sessions/csrf.h"
#include "sessions/session_service.h"

namespace latchkey::broker::http {

// A request as it came off the wire.
struct RawRequest {
  std::string method;
  std::string path;    // percent-decoded
  std::string target;  // as sent: path and query
  Headers headers;
  std::string body;
  std::string peer;  // textual address of the connection's other end; empty for a Unix socket
};

class Dispatcher {
 public:
  struct Parts {
    const config::Config& config;
    const Router& router;
    const OriginPolicy& origins;
    const TrustedProxies& proxies;
    sessions::SessionService& sessions;
    const sessions::CsrfTokens& csrf;
    const Clock& clock;
    const RequestIds& request_ids;
  };

  explicit Dispatcher(Parts parts) : parts_(parts) {}

  // Blocks as long as the session look-up and the handler do. Never throws: a handler's exception
  // is a bug, logged and answered internal_error.
  [[nodiscard]] Response handle(RawRequest raw) const;

  // An answer for a request of `peer` that never reached a handler (unreadable, too large), with
  // the same headers and the same line in the log as every other.
  [[nodiscard]] Response refusal(ErrorCode code, std::string_view peer) const;

 private:
  [[nodiscard]] Response answer(Request& request, std::string_view target) const;
  [[nodiscard]] Response route(Request& request) const;
  [[nodiscard]] Status authenticate(const Route& route, Request& request) const;
  [[nodiscard]] Response call(const Route& route, const Request& request) const;
  [[nodiscard]] Status check_origin(const Request& request) const;
  [[nodiscard]] Status check_csrf_token(const Request& request) const;
  [[nodiscard]] Response preflight(const Request& request) const;

  Parts parts_;
};

// What every answer carries whatever the request was, but for X-Request-Id.
void add_standard_headers(Response& response);
// What an answer to a page of that allowed foreign origin carries besides.
inline constexpr std::string_view kExposedHeaders = "X-Request-Id, Retry-After";

}  // namespace latchkey::broker::http
