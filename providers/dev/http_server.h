// The front of the dev provider: cpp-httplib reads requests and writes answers, over sockets of our
// own (listener.h), because its own server keeps a thread of a fixed pool per connection, listens
// with a backlog of five and takes seconds to stop.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "providers/dev/message.h"

namespace latchkey::providers::dev {

class HttpServer {
 public:
  // Called on many threads at once.
  using Respond = std::function<Answer(const Request&)>;

  explicit HttpServer(Respond respond);
  ~HttpServer();

  // Returns the port. Throws std::runtime_error when the address cannot be had.
  int bind(const std::string& host, int port);
  void start();
  // Closes every connection; a handler that runs is waited for.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::providers::dev
