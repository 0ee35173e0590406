// The way of every request through the service: request id, CORS, route, origin and content-type
// checks, session, CSRF token, handler, security headers, access log. The answer may come later and
// on another thread, when the session look-up does.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "broker/http/message.h"
#include "broker/http/origin_policy.h"
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
  // Of the session cookie, when the caller has checked it already.
  std::optional<sessions::LiveSession> session = {};
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
    Random& random;
  };
  using Respond = std::function<void(Response)>;

  explicit Dispatcher(Parts parts) : parts_(parts) {}

  // Calls `respond` exactly once. Never throws: a handler's exception is a bug, logged and answered
  // internal_error.
  void handle(RawRequest raw, Respond respond) const;

  // An answer for a request that never reached a handler (unreadable, too large), with the same
  // headers as every other.
  [[nodiscard]] Response refusal(ErrorCode code) const;

 private:
  struct Exchange;

  void route(const std::shared_ptr<Exchange>& exchange) const;
  void with_session(const std::shared_ptr<Exchange>& exchange,
                    sessions::SessionLookup::Answer answer) const;
  void call(const std::shared_ptr<Exchange>& exchange) const;
  void finish(Exchange& exchange, Response response) const;
  [[nodiscard]] Status check_origin(const Request& request) const;
  [[nodiscard]] Status check_csrf_token(const Request& request) const;
  [[nodiscard]] Response preflight(const Request& request) const;

  Parts parts_;
};

}  // namespace latchkey::broker::http
