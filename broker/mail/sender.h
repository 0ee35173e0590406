// The thread that sends what the post office has queued, apart from everything a visitor waits for.
// Any number of instances may run it on one queue (sql/mails.h says how they share it).
//
// A mail that the server does not take now is tried again after 5 s, 10 s, 20 s … up to an hour
// apart (codes are waited for, so the first tries are quick), and given up when it is a day old.
// One that the server will never take is given up at once. A server that cannot be reached ends the
// round, so that a long queue does not wait for it mail by mail.
#pragma once

#include <atomic>
#include <thread>

#include "base/clock.h"
#include "broker/mail/bell.h"
#include "broker/mail/smtp_transport.h"
#include "sql/mails.h"
#include "sql/pool.h"

namespace latchkey::broker {

class MailSender {
 public:
  struct Parts {
    sql::Pool& pool;
    Bell& bell;
    const Clock& clock;
  };
  MailSender(const Parts& parts, SmtpSettings settings);
  ~MailSender();  // what is being sent is cut off, and tried again by whoever comes next
  MailSender(const MailSender&) = delete;
  MailSender& operator=(const MailSender&) = delete;

  void start();
  // One round, as the thread does it: everything that is due. Answers how many mails were sent.
  int send_due();

 private:
  void run();
  // Nothing when no mail is due or the store is away.
  std::optional<sql::QueuedMail> claim();
  // False when there is no use in going on with the round.
  bool send(SmtpConnection& connection, const sql::QueuedMail& mail);
  bool settle(const sql::QueuedMail& mail, const SmtpFault& fault);
  // Whether it was written.
  bool record(const sql::QueuedMail& mail, sql::Outcome<void> outcome) const;
  [[nodiscard]] OutgoingMail outgoing(const sql::QueuedMail& mail) const;

  Parts parts_;
  SmtpSettings settings_;
  int sent_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace latchkey::broker
