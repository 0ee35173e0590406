// Asks the database for sessions, on a thread and a connection of its own: all look-ups that wait
// are one statement, so that a thousand checks cost the database a few round trips and never more
// than one connection (DESIGN section 12).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "sessions/session_lookup.h"
#include "sql/connection.h"

namespace latchkey::sessions {

// Thread-safe.
class BatchedLookup final : public SessionLookup {
 public:
  struct Options {
    Secret database_url;
    Duration idle_timeout;
    std::size_t max_batch = 128;    // look-ups in one statement
    std::size_t max_queued = 2048;  // beyond: server_busy at once
  };

  // Connects at the first look-up.
  BatchedLookup(Options options, const Clock& clock);
  ~BatchedLookup() override;
  BatchedLookup(const BatchedLookup&) = delete;
  BatchedLookup& operator=(const BatchedLookup&) = delete;

  void find(std::string token_hash, Callback done) override;
  // Ends the thread. Look-ups that still wait, and any later ones, are answered store_unavailable.
  void stop();

 private:
  struct Waiting {
    std::string token_hash;
    Callback done;
  };
  using Batch = std::vector<Waiting>;

  void run();
  // Waits for work; empty when it is time to end.
  [[nodiscard]] Batch next_batch();
  void answer(Batch& batch);
  [[nodiscard]] sql::Outcome<std::vector<sql::SessionWithUser>> ask(const Batch& batch);
  [[nodiscard]] sql::Outcome<std::vector<sql::SessionWithUser>> ask_once(
      const std::vector<std::string>& token_hashes);
  // Those that came while the store was out of reach have waited for nothing already.
  void refuse_waiting(const Error& error);

  const Options options_;
  const Clock& clock_;
  std::unique_ptr<sql::Connection> connection_;  // of the thread

  std::mutex mutex_;
  std::condition_variable work_;
  bool stopping_ = false;
  Batch queue_;
  std::thread thread_;
};

}  // namespace latchkey::sessions
