// Hands mails to the configured server (`mail.smtp_url`) with libcurl: SMTP with STARTTLS, or SMTP
// over TLS. Blocking; used by the thread of broker/mail/sender.h alone.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include <tl/expected.hpp>

#include "base/secret.h"
#include "broker/mail/message.h"
#include "config/config.h"
#include "providers/curl_handles.h"

namespace latchkey::broker {

struct SmtpSettings {
  std::string url;        // smtp or smtps
  std::string ehlo_name;  // how we introduce ourselves
  config::MailAddress from;
  std::string username;  // empty: no login
  Secret password;
  std::string ca_file;                        // empty: the system's roots
  bool require_tls = true;                    // smtp: STARTTLS or nothing
  std::chrono::milliseconds timeout{30'000};  // one mail, with connecting
};
// `config` has mail.smtp_url and mail.from. TLS is not asked of a server on this machine.
SmtpSettings smtp_settings(const config::Config& config);

struct SmtpFault {
  enum class Kind {
    unreachable,  // no server, no TLS, no login, too slow: the next mail would fare no better
    later,        // the server did not take this mail this time
    refused,      // the server will never take this mail: 5xx to its recipient or its content
  };
  Kind kind;
  std::string detail;  // without addresses, secrets and the server's own words
};

// One connection, for one mail after the other.
class SmtpConnection {
 public:
  // Connects when the first mail is sent. `settings` and `stop` outlive it; when `stop` becomes
  // true, what is under way ends within about a second, as unreachable.
  SmtpConnection(const SmtpSettings& settings, const std::atomic<bool>& stop);

  tl::expected<void, SmtpFault> send(const OutgoingMail& mail);

 private:
  [[nodiscard]] SmtpFault fault(int code) const;
  static int watch(CURL* handle, curl_infotype type, char* data, std::size_t size, void* self);
  static int is_stopped(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const SmtpSettings& settings_;
  const std::atomic<bool>& stop_;
  providers::CurlHandle handle_;
  std::string command_;  // the verb that was sent last, but QUIT
  long status_ = 0;      // of its answer
  bool quitting_ = false;
};

}  // namespace latchkey::broker
