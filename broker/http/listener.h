// The listening socket, TCP or Unix. Its backlog is long and Nagle's algorithm is off, which the
// connections inherit, so that accepting one costs a single system call.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

namespace latchkey::broker::http {

class Listener {
 public:
  // Binds "host:port" ("[::1]:8080"; port 0 asks the system for one) or "unix:/path". A socket file
  // that a killed instance left behind is replaced; one that somebody listens on is not. `mode` is
  // that of the socket file. Throws std::runtime_error.
  explicit Listener(const std::string& listen, mode_t mode = 0660);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // 0 for a Unix socket.
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

  struct Accepted {
    int socket = -1;   // non-blocking; -1: none, `error` says why
    int error = 0;     // errno
    std::string peer;  // textual address of the other end; empty for a Unix socket
  };
  [[nodiscard]] Accepted accept() const;

  // Clients are refused from now on.
  void close();

 private:
  void bind_unix(const std::string& path, mode_t mode);
  void bind_tcp(const std::string& host, const std::string& port);

  int descriptor_ = -1;
  int port_ = 0;
  std::string path_;  // of the socket file
};

// Lets this process have as many descriptors as the system permits: the usual soft limit of 1,024
// is a tenth of what the service promises to hold.
void raise_descriptor_limit();

}  // namespace latchkey::broker::http
