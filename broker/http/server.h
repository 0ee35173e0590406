// The front of the service: cpp-httplib's server, reduced to reading requests and writing answers.
// It checks what the library does not (SECURITY rule 21) and hands everything to the dispatcher.
#pragma once

#include <memory>
#include <string>

#include "broker/http/dispatcher.h"

namespace latchkey::broker::http {

class Server {
 public:
  Server();
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds "host:port" ("[::1]:8080"; port 0 asks the system for one) or "unix:/path". Throws
  // std::runtime_error when that fails. Answers the port, 0 for a Unix socket.
  int bind(const std::string& listen);
  // Serves until stop(). Requests in flight are answered before it returns.
  void run(const Dispatcher& dispatcher);
  // From any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::broker::http
