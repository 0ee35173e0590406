#include "broker/http/server.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
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

  // Waits until no handler runs; answers how many do when `left` is over.
  std::size_t wait_for_handlers(std::chrono::nanoseconds left) {
    std::unique_lock lock(mutex_);
    handler_ended_.wait_for(lock, left, [this] { return running_ == 0; });
    return running_;
  }

 private:
  // Counts a handler while it runs.
  class Running {
   public:
    explicit Running(Front& front) : front_(front) {
      const std::lock_guard lock(front_.mutex_);
      ++front_.running_;
    }
    ~Running() {
      const std::lock_guard lock(front_.mutex_);
      if (--front_.running_ == 0) front_.handler_ended_.notify_all();
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Front& front_;
  };

  [[nodiscard]] bool submit(const IncomingRequest& request) {
    return workers_.submit([this, ticket = request.ticket, keep_alive = request.keep_alive,
                            bytes = std::string(request.bytes), peer = std::string(request.peer)] {
      const Running running(*this);
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
  std::mutex mutex_;
  std::condition_variable handler_ended_;
  std::size_t running_ = 0;
  WorkerPool workers_;  // the last to be made: its jobs use all the others
};

}  // namespace

struct Server::Impl {
  explicit Impl(const ServerOptions& wanted) : options(wanted), loop(options.loop, clock) {}

  const ServerOptions options;
  const SystemClock clock;
  ConnectionLoop loop;
  std::optional<Listener> listener;
  std::optional<Front> front;  // the last to be made: its workers use all the others
};

Server::Server(const ServerOptions& options) : impl_(std::make_unique<Impl>(options)) {}

Server::~Server() = default;

int Server::bind(const std::string& listen) {
  impl_->listener.emplace(listen, impl_->options.socket_mode);
  return impl_->listener->port();
}

std::size_t Server::run(const Dispatcher& dispatcher, LoopHandler* first) {
  if (!impl_->listener) throw std::logic_error("run() before bind()");
  raise_descriptor_limit();
  Front& front = impl_->front.emplace(Front::Parts{.dispatcher = dispatcher,
                                                   .first = first,
                                                   .loop = impl_->loop,
                                                   .workers = impl_->options.workers,
                                                   .clock = impl_->clock});
  const MonotonicPoint drained_by = impl_->loop.run(*impl_->listener, front);
  // Their clients have gone, and those of the requests that are queued still, which no handler will
  // see.
  const std::size_t left = front.wait_for_handlers(drained_by - impl_->clock.monotonic());
  front.turn_ended();
  if (left == 0) impl_->front.reset();
  return left;
}

void Server::stop() { impl_->loop.stop(); }

}  // namespace latchkey::broker::http
