#include "broker/http/server.h"

#include <optional>
#include <stdexcept>
#include <utility>

#include "broker/http/connection_loop.h"
#include "broker/http/library_bridge.h"
#include "broker/http/listener.h"
#include "broker/http/wire.h"

namespace latchkey::broker::http {
namespace {

// What the loop hands requests to: first the handler on the loop, then the workers.
class Front final : public RequestSink {
 public:
  struct Parts {
    const Dispatcher& dispatcher;
    LoopHandler* first;
    const ConnectionLoop& loop;
    const WorkerOptions& workers;
    const Clock& clock;
  };

  explicit Front(const Parts& parts)
      : dispatcher_(parts.dispatcher),
        first_(parts.first),
        loop_(parts.loop),
        clock_(parts.clock),
        bridge_(parts.dispatcher, parts.clock),
        workers_(parts.workers) {}

  Fate take(const IncomingRequest& request, std::string& out) override {
    if (first_ != nullptr) {
      const LoopHandler::Taken taken = first_->take(request, out);
      if (taken == LoopHandler::Taken::answered) return Fate::answered;
      if (taken == LoopHandler::Taken::later) return Fate::later;
    }
    if (submit(request)) return Fate::later;
    refuse(ErrorCode::server_busy, request.peer, out);
    return Fate::refused;
  }

  void refuse(ErrorCode fault, std::string_view peer, std::string& out) override {
    append_response(out, dispatcher_.refusal(fault, peer), clock_.now(), {.keep_alive = false});
  }

  void turn_ended() override {
    if (first_ != nullptr) first_->turn_ended();
  }

 private:
  [[nodiscard]] bool submit(const IncomingRequest& request) {
    return workers_.submit([this, ticket = request.ticket, keep_alive = request.keep_alive,
                            bytes = std::string(request.bytes), peer = std::string(request.peer)] {
      if (ticket.abandoned()) return;
      ticket.answer(
          bridge_.answer(
              {.bytes = bytes, .peer = peer, .keep_alive = keep_alive && !loop_.stopping()}),
          !keep_alive);
    });
  }

  const Dispatcher& dispatcher_;
  LoopHandler* first_;
  const ConnectionLoop& loop_;
  const Clock& clock_;
  LibraryBridge bridge_;
  WorkerPool workers_;  // the last to be made: its jobs use all the others
};

}  // namespace

struct Server::Impl {
  explicit Impl(const ServerOptions& wanted) : options(wanted), loop(options.loop, clock) {}

  const ServerOptions options;
  const SystemClock clock;
  ConnectionLoop loop;
  std::optional<Listener> listener;
};

Server::Server(const ServerOptions& options) : impl_(std::make_unique<Impl>(options)) {}

Server::~Server() = default;

int Server::bind(const std::string& listen) {
  impl_->listener.emplace(listen, impl_->options.socket_mode);
  return impl_->listener->port();
}

void Server::run(const Dispatcher& dispatcher, LoopHandler* first) {
  if (!impl_->listener) throw std::logic_error("run() before bind()");
  raise_descriptor_limit();
  Front front({.dispatcher = dispatcher,
               .first = first,
               .loop = impl_->loop,
               .workers = impl_->options.workers,
               .clock = impl_->clock});
  impl_->loop.run(*impl_->listener, front);
}

void Server::stop() { impl_->loop.stop(); }

}  // namespace latchkey::broker::http
