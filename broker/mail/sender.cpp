#include "broker/mail/sender.h"

#include <algorithm>

#include "base/log.h"

namespace latchkey::broker {
namespace {

using std::chrono::seconds;

// How soon a mail goes out whose bell was rung at another instance, or at none.
constexpr seconds kPoll{5};
// Many times what one attempt may take, so that no second instance begins while the first is at it.
constexpr std::chrono::minutes kLease{5};
constexpr seconds kFirstPause{5};
constexpr seconds kLongestPause{3600};
constexpr std::chrono::hours kGivenUpAfter{24};

// 5 s after the first attempt, doubled by each further one.
seconds pause_after(std::int64_t attempts) {
  const std::int64_t doublings = std::clamp<std::int64_t>(attempts - 1, 0, 16);
  return std::min(kFirstPause * (std::int64_t{1} << doublings), kLongestPause);
}

}  // namespace

MailSender::MailSender(const Parts& parts, SmtpSettings settings)
    : parts_(parts), settings_(std::move(settings)) {}

MailSender::~MailSender() {
  stopping_ = true;
  parts_.bell.ring();
  if (thread_.joinable()) thread_.join();
}

void MailSender::start() {
  thread_ = std::thread([this] { run(); });
}

void MailSender::run() {
  while (!stopping_) {
    send_due();
    parts_.bell.wait(kPoll);
  }
}

int MailSender::send_due() {
  sent_ = 0;
  SmtpConnection connection(settings_, stopping_);
  while (!stopping_) {
    const auto mail = claim();
    if (!mail || !send(connection, *mail)) break;
  }
  return sent_;
}

std::optional<sql::QueuedMail> MailSender::claim() {
  auto lease = parts_.pool.acquire();
  if (!lease) return std::nullopt;  // the readiness check and every request say so already
  const TimePoint now = parts_.clock.now();
  auto mail = sql::mails::claim(**lease, now, now + kLease);
  if (!mail) {
    log::warn("mail.queue_unavailable", {{"detail", mail.error().detail}});
    return std::nullopt;
  }
  return *std::move(mail);
}

bool MailSender::send(SmtpConnection& connection, const sql::QueuedMail& mail) {
  const auto sent = connection.send(outgoing(mail));
  if (!sent) return settle(mail, sent.error());
  ++sent_;
  auto lease = parts_.pool.acquire();
  if (!lease) return record(mail, tl::unexpected(lease.error()));
  return record(mail, sql::mails::mark_sent(**lease, mail, parts_.clock.now()));
}

bool MailSender::settle(const sql::QueuedMail& mail, const SmtpFault& fault) {
  const TimePoint now = parts_.clock.now();
  const bool over =
      fault.kind == SmtpFault::Kind::refused || now - mail.created_at >= kGivenUpAfter;
  const log::Fields fields = {{"mail", mail.id},
                              {"kind", mail.kind},
                              {"attempts", mail.attempts},
                              {"detail", fault.detail}};
  log::write(over ? log::Level::error : log::Level::warn, over ? "mail.given_up" : "mail.delayed",
             fields);
  auto lease = parts_.pool.acquire();
  if (!lease) return record(mail, tl::unexpected(lease.error()));
  const bool recorded =
      record(mail, over ? sql::mails::give_up(**lease, mail, now, fault.detail)
                        : sql::mails::retry_later(**lease, mail, now + pause_after(mail.attempts),
                                                  fault.detail));
  return recorded && fault.kind != SmtpFault::Kind::unreachable;
}

bool MailSender::record(const sql::QueuedMail& mail, sql::Outcome<void> outcome) const {
  if (outcome) return true;
  log::error("mail.not_recorded", {{"mail", mail.id}, {"detail", outcome.error().detail}});
  return false;
}

OutgoingMail MailSender::outgoing(const sql::QueuedMail& mail) const {
  return {.message_id = std::to_string(mail.created_at.time_since_epoch().count()) + "." +
                        std::to_string(mail.id) + "@" +
                        std::string(settings_.from.address.domain()),
          .recipient = mail.recipient,
          .subject = mail.subject,
          .text = mail.text,
          .html = mail.html,
          .date = mail.created_at};
}

}  // namespace latchkey::broker
