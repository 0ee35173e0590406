// Hears from the database which users have changed and tells the session cache, which is open only
// while this can be relied on. A thread and a connection of its own.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/secret.h"
#include "sessions/session_cache.h"

namespace latchkey::broker {

class ChangeListener {
 public:
  // Begins at once; a database that is away is tried again every quarter of a second.
  ChangeListener(Secret database_url, sessions::SessionCache& cache);
  ~ChangeListener();
  ChangeListener(const ChangeListener&) = delete;
  ChangeListener& operator=(const ChangeListener&) = delete;

 private:
  void run();
  // Until the connection is lost or the listener stops.
  void listen();
  [[nodiscard]] bool stopping();

  const Secret database_url_;
  sessions::SessionCache& cache_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace latchkey::broker
