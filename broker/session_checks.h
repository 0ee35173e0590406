// The question every application behind this service asks with every request of its own: whose
// session is this? It is answered on the connection loop when the session is remembered, without a
// worker and without the database; everything else goes to the workers.
#pragma once

#include "broker/http/dispatcher.h"
#include "broker/http/request_sink.h"
#include "config/config.h"
#include "sessions/session_service.h"

namespace latchkey::broker {

class SessionChecks final : public http::LoopHandler {
 public:
  SessionChecks(const http::Dispatcher& dispatcher, sessions::SessionService& sessions,
                const config::Session& config)
      : dispatcher_(dispatcher), sessions_(sessions), config_(config) {}

  Taken take(const http::IncomingRequest& request, std::string& out) override;

 private:
  const http::Dispatcher& dispatcher_;
  sessions::SessionService& sessions_;
  const config::Session& config_;
};

}  // namespace latchkey::broker
