// The receiving side of SMTP (RFC 5321), small: HELO, EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT.
// It takes every mail and sends none on. Without TLS and login, as it listens on loopback.
#pragma once

#include <string>

#include "base/clock.h"
#include "providers/dev/inbox.h"
#include "providers/dev/listener.h"

namespace latchkey::providers::dev {

class SmtpServer {
 public:
  SmtpServer(Inbox& inbox, const Clock& clock);

  // Returns the port. Throws std::runtime_error when the address cannot be had.
  int start(const std::string& host, int port);
  void stop() { listener_.stop(); }

 private:
  Inbox& inbox_;
  const Clock& clock_;
  Listener listener_;
};

}  // namespace latchkey::providers::dev
