// The one thread that cleans up: writes when sessions were last seen and deletes what has expired,
// in small batches. Work that fails is done at the next turn.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "config/config.h"
#include "sessions/session_service.h"
#include "sql/pool.h"

namespace latchkey::broker {

class Maintenance {
 public:
  Maintenance(sql::Pool& pool, sessions::SessionService& sessions, const config::Audit& audit,
              const Clock& clock);
  ~Maintenance();  // one last turn of flushing, then joins
  Maintenance(const Maintenance&) = delete;
  Maintenance& operator=(const Maintenance&) = delete;

  // One round of sweeping, as the thread does it.
  void sweep();

 private:
  void run();
  // What of the audit log is older than this goes.
  [[nodiscard]] TimePoint oldest_audit_event(TimePoint now) const;

  sql::Pool& pool_;
  sessions::SessionService& sessions_;
  const config::Audit& audit_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace latchkey::broker
