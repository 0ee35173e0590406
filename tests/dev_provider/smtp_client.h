// The sending side of SMTP, byte by byte. It waits at most ten seconds for anything, so that a
// server's fault fails a test and does not hang it.
#pragma once

#include <string>
#include <string_view>

namespace latchkey::test {

class SmtpClient {
 public:
  // To 127.0.0.1. Throws std::runtime_error.
  explicit SmtpClient(int port);
  ~SmtpClient();
  SmtpClient(const SmtpClient&) = delete;
  SmtpClient& operator=(const SmtpClient&) = delete;

  void send(std::string_view bytes) const;
  // The next line without its end; empty when the connection is over.
  std::string line();
  // A command, and the code of its answer; 0 when the connection is over.
  int say(const std::string& command);
  // The code of an answer of one or more lines.
  int code();

 private:
  int socket_;
  std::string received_;
};

// A whole mail, from greeting to QUIT.
void deliver(int port, const std::string& recipient, const std::string& raw);

}  // namespace latchkey::test
