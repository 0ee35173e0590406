// A client that sends exactly the bytes it is told to and shows exactly what came back. It waits at
// most ten seconds for anything, so that a server's fault fails a test and does not hang it.
#pragma once

#include <string>
#include <string_view>

namespace latchkey::test {

class RawClient {
 public:
  // To 127.0.0.1. Throws std::runtime_error.
  explicit RawClient(int port);
  // To a Unix socket.
  explicit RawClient(const std::string& path);
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void send(std::string_view bytes) const;
  // As much as the connection takes without waiting; answers how much.
  [[nodiscard]] std::size_t send_what_fits(std::string_view bytes) const;
  // No more requests, but answers are still welcome.
  void shut_down_sending() const;
  // Closes with a reset.
  void reset();
  void close();

  struct Answer {
    int status = 0;  // 0: the connection ended before a whole answer
    std::string head;
    std::string body;
    // Of the first field of that name (exact case), or "".
    [[nodiscard]] std::string field(std::string_view name) const;
  };
  // The next answer; to HEAD it has no body.
  [[nodiscard]] Answer read_answer(bool to_head = false);
  // Whether the server has closed, after nothing more than what was read before.
  [[nodiscard]] bool at_end();
  // All until the server closes.
  [[nodiscard]] std::string read_all();

 private:
  bool receive();

  int socket_;
  std::string received_;
};

}  // namespace latchkey::test
