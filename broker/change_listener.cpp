#include "broker/change_listener.h"

#include <charconv>

#include "base/log.h"
#include "sql/connection.h"

namespace latchkey::broker {
namespace {

constexpr const char* kListen = "LISTEN latchkey_user_changed";
constexpr std::chrono::milliseconds kLookUp{200};  // how often it sees whether it should stop
constexpr std::chrono::milliseconds kTryAgain{250};

}  // namespace

ChangeListener::ChangeListener(Secret database_url, sessions::SessionCache& cache)
    : database_url_(std::move(database_url)), cache_(cache), thread_([this] { run(); }) {}

ChangeListener::~ChangeListener() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

bool ChangeListener::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void ChangeListener::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    listen();
    cache_.close();
    lock.lock();
    stop_.wait_for(lock, kTryAgain, [this] { return stopping_; });
  }
}

void ChangeListener::listen() {
  auto connection = sql::Connection::open(database_url_, {});
  if (!connection || !(*connection)->execute_script(kListen)) return;
  cache_.open();
  while (!stopping()) {
    const auto payloads = (*connection)->wait_for_notifications(kLookUp);
    if (!payloads) {
      log::warn("cache.closed", {{"detail", payloads.error().detail}});
      return;
    }
    for (const std::string& payload : *payloads) {
      sql::UserId user = 0;
      std::from_chars(payload.data(), payload.data() + payload.size(), user);
      cache_.forget_user(user);
    }
  }
}

}  // namespace latchkey::broker
