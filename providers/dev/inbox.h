// The inbox of everybody: what the SMTP server of the dev provider was given. For the page /inbox,
// for /_control/inbox, and for tests in C++ through DevProvider.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "providers/dev/mail_message.h"

namespace latchkey::providers::dev {

struct ReceivedMail {
  std::size_t id = 0;  // counts from 1
  TimePoint received_at;
  std::string sender;                   // of the envelope
  std::vector<std::string> recipients;  // of the envelope
  std::string raw;
  MailMessage message;
};

// Thread-safe.
class Inbox {
 public:
  // The newest are kept.
  static constexpr std::size_t kMaxMails = 200;

  void add(ReceivedMail mail);  // gives it its id
  [[nodiscard]] std::vector<ReceivedMail> newest_first() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::size_t last_id_ = 0;
  std::deque<ReceivedMail> mails_;
};

}  // namespace latchkey::providers::dev
