// Session checks on the connection loop: answered at once when the session is remembered, and
// otherwise when the look-up comes back, without a worker either way. A remembered session costs no
// database, no JSON and no allocation to speak of: what it is answered is kept beside it.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "broker/check_routes.h"
#include "broker/http/origin_policy.h"
#include "broker/http/request_ids.h"
#include "broker/http/request_sink.h"
#include "broker/http/trusted_proxies.h"
#include "broker/http/wire.h"
#include "sessions/session_service.h"

namespace latchkey::broker {

class SessionChecks final : public http::LoopHandler {
 public:
  struct Parts {
    sessions::SessionService& sessions;
    const config::Session& config;
    const http::OriginPolicy& origins;
    const http::TrustedProxies& proxies;
    const http::RequestIds& request_ids;
    const Clock& clock;
  };
  explicit SessionChecks(Parts parts) : parts_(parts) {}

  Taken take(const http::IncomingRequest& request, std::string& out) override;
  void turn_ended() override;

 private:
  // What is left of a request when its bytes are gone.
  struct Call {
    Check check;
    std::string_view path;  // one of the routes' own
    std::string_view method;
    http::WireOptions wire;
    std::string foreign_origin;  // allowed; else empty
    std::string client_ip;
    MonotonicPoint began;
  };
  [[nodiscard]] Call call_of(const http::IncomingRequest& request, Check check,
                             std::string_view path) const;

  // Appends the answer and notes it in the log.
  void answer(const Call& call, const sessions::SessionLookup::Answer& found, std::string& out);
  void append_answer(const Call& call, const sessions::LiveSession& live,
                     std::string_view request_id, std::string& out) const;
  void append_refusal(const Call& call, http::Response response, std::string_view request_id,
                      std::string& out) const;
  void append_moment(const Call& call, int status, std::string_view request_id,
                     std::string& out) const;
  void note(const Call& call, int status, std::string_view request_id);

  Parts parts_;
  // Answers that come later are noted on the look-up's thread.
  std::mutex log_mutex_;
  log::LineBuffer log_;
};

}  // namespace latchkey::broker
