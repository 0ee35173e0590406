// A real SMTP server for tests: aiosmtpd as a process of its own (smtp_server.py, which also says
// which recipients order which fault).
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <sys/types.h>

namespace latchkey::test {

struct TakenMail {
  std::string from;
  std::string to;
  std::string data;  // as sent, with CRLF
  bool tls = false;
  std::int64_t peer_port = 0;
  std::string helo;
};

class SmtpServer {
 public:
  explicit SmtpServer(std::vector<std::string> options = {});  // throws when it does not start
  ~SmtpServer() { stop(); }
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const { return "smtp://localhost:" + std::to_string(port_); }
  [[nodiscard]] const std::string& ca_file() const { return ca_file_; }
  // The next mail that it took; waits for one.
  TakenMail next();
  // Ends it and answers what it took that next() has not told.
  std::vector<TakenMail> stop();

 private:
  std::string read_line();

  pid_t pid_ = 0;
  FILE* output_ = nullptr;
  int port_ = 0;
  std::string ca_file_;
};

}  // namespace latchkey::test
