#include "broker/http/mailbox.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <sys/eventfd.h>
#include <unistd.h>

namespace latchkey::broker::http {

void Ticket::answer(std::string bytes, bool close) const {
  mailbox_->post({.slot = slot_, .serial = serial_, .bytes = std::move(bytes), .close = close});
}

bool Ticket::abandoned() const { return !mailbox_->waits(slot_, serial_); }

Mailbox::Mailbox(std::size_t slots)
    : descriptor_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      waiting_(std::make_unique<std::atomic<std::uint64_t>[]>(slots)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Mailbox::~Mailbox() { ::close(descriptor_); }

void Mailbox::post(Letter letter) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = letters_.empty();
    letters_.push_back(std::move(letter));
  }
  // One wake-up for all that come until the loop collects.
  if (first) wake();
}

void Mailbox::wake() const {
  const std::uint64_t one = 1;
  // It fails only when the counter is full, and then the loop wakes anyway.
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void Mailbox::collect(std::vector<Letter>& letters) {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(descriptor_, &count, sizeof count);
  letters.clear();
  const std::lock_guard lock(mutex_);
  letters.swap(letters_);
}

}  // namespace latchkey::broker::http
