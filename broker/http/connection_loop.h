// The front of the service: one thread that owns every socket and waits for all of them at once
// (epoll). It accepts, reads, frames (framing.h) and writes (connection.h); what a request means is
// the sink's business. Slow clients cost it a table entry each and delay nobody.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "broker/http/connection.h"
#include "broker/http/listener.h"
#include "broker/http/loop_options.h"
#include "broker/http/mailbox.h"
#include "broker/http/request_sink.h"

namespace latchkey::broker::http {

class ConnectionLoop {
 public:
  // `clock` outlives the loop. Throws std::system_error when the system has no descriptor left.
  ConnectionLoop(const LoopOptions& options, const Clock& clock);
  ~ConnectionLoop();
  ConnectionLoop(const ConnectionLoop&) = delete;
  ConnectionLoop& operator=(const ConnectionLoop&) = delete;

  // Serves until stop(): then closes the listener, answers the requests at hand with "Connection:
  // close" and returns when the last connection is gone or the drain time is over, and says when
  // that is. Once in a life.
  MonotonicPoint run(Listener& listener, RequestSink& sink);
  // From any thread, also before run().
  void stop();
  // Whether stop() was called: answers should say "Connection: close".
  [[nodiscard]] bool stopping() const { return stopping_.load(std::memory_order_relaxed); }

 private:
  class Run;

  const LoopOptions options_;
  const Clock& clock_;
  Mailbox mailbox_;  // here and not in Run: tickets may be answered after the run
  std::atomic<bool> stopping_{false};
};

}  // namespace latchkey::broker::http
