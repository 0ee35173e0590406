#include "providers/dev/inbox.h"

#include <utility>

namespace latchkey::providers::dev {

void Inbox::add(ReceivedMail mail) {
  const std::lock_guard lock(mutex_);
  mail.id = ++last_id_;
  mails_.push_front(std::move(mail));
  if (mails_.size() > kMaxMails) mails_.pop_back();
}

std::vector<ReceivedMail> Inbox::newest_first() const {
  const std::lock_guard lock(mutex_);
  return {mails_.begin(), mails_.end()};
}

void Inbox::clear() {
  const std::lock_guard lock(mutex_);
  mails_.clear();
}

}  // namespace latchkey::providers::dev
