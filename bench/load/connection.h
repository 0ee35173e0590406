// A keep-alive connection that asks one thing at a time, as a browser or a proxy does. It connects
// when it has something to say, and again when the other side closed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <netinet/in.h>

#include "bench/load/event_loop.h"

namespace latchkey::bench {

struct Reply {
  int status = 0;  // 0: no answer, the connection ended
  std::string_view head;

  // The values of a header, in any case, one after the other; false when there are no more.
  bool next_field(std::string_view name, std::size_t& at, std::string_view& value) const;
  // The first one, or empty.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

// "127.0.0.1:8080". Throws std::runtime_error for anything else.
sockaddr_in parse_address(const std::string& text);
// A non-blocking socket that is connecting. Throws std::system_error.
int open_socket(const sockaddr_in& peer);

class Connection final : public EventLoop::Handler {
 public:
  using Done = std::function<void(const Reply&)>;

  Connection(EventLoop& loop, sockaddr_in peer) : loop_(loop), peer_(peer) {}
  ~Connection() override { disconnect(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `done` is called once, and may send the next request. There is none under way.
  void send(std::string_view request, Done done);
  [[nodiscard]] bool busy() const { return static_cast<bool>(done_); }

  void ready(std::uint32_t events) override;

 private:
  void connect();
  void disconnect();
  void write_rest();
  void read_some();
  // Hands the answer over once it is whole.
  void deliver();
  void finish(const Reply& reply);

  EventLoop& loop_;
  const sockaddr_in peer_;
  int fd_ = -1;
  bool wants_write_ = false;
  bool fresh_ = false;  // nothing was answered on it yet
  std::string out_;
  std::size_t written_ = 0;
  std::string in_;
  Done done_;
};

}  // namespace latchkey::bench
