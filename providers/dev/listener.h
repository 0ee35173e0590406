// A listening socket with as many threads as there are open connections: a connection at rest never
// keeps another one waiting, whatever pools the clients under test hold, and stop() ends at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::providers::dev {

class Listener {
 public:
  // Serves one connection to its end, on a thread of its own; the Listener closes the socket. Must
  // return soon after the socket is shut down.
  using Serve = std::function<void(int socket)>;

  // How long a connection may rest between two requests.
  static constexpr std::chrono::seconds kIdleTimeout{120};

  explicit Listener(Serve serve) : serve_(std::move(serve)) {}
  ~Listener() { stop(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Returns the port, which is the system's choice for port 0. Throws std::runtime_error when the
  // address cannot be had. From here on clients can connect; they wait for start().
  int bind(const std::string& host, int port);
  void start();
  // Shuts every connection down and waits for the threads. Final; may be called again.
  void stop();

 private:
  void accept_connections();
  void work();

  Serve serve_;
  int listening_ = -1;
  std::thread acceptor_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<int> waiting_;  // accepted, not yet served
  std::set<int> open_;
  std::vector<std::thread> workers_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace latchkey::providers::dev
