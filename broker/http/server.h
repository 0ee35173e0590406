// The front of the service: a connection loop that owns the sockets, workers that run the
// dispatcher's handlers, and between them an optional handler that answers on the loop itself.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <sys/types.h>

#include "base/clock.h"
#include "broker/http/dispatcher.h"
#include "broker/http/loop_options.h"
#include "broker/http/request_sink.h"
#include "broker/http/worker_pool.h"

namespace latchkey::broker::http {

struct ServerOptions {
  LoopOptions loop{};
  WorkerOptions workers{};
  mode_t socket_mode = 0660;  // of a Unix socket's file
};

class Server {
 public:
  explicit Server(const ServerOptions& options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds "host:port" ("[::1]:8080"; port 0 asks the system for one) or "unix:/path". Throws
  // std::runtime_error when that fails. Answers the port, 0 for a Unix socket.
  int bind(const std::string& listen);
  // Serves until stop(), once. Requests in flight are answered before it returns, within the drain
  // time. `first`, if any, is asked before the workers; it may answer later, but no later than this
  // Server lives. Answers how many handlers still run when the drain time is over, usually 0. The
  // Server's end waits for them, and they use the dispatcher: a process in a hurry leaves with
  // neither being destroyed.
  std::size_t run(const Dispatcher& dispatcher, LoopHandler* first = nullptr);
  // From any thread, also before run().
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::broker::http
