#include "sessions/batched_lookup.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/try.h"
#include "sessions/seen_sessions.h"

namespace latchkey::sessions {
namespace {

const Error kStopped{ErrorCode::store_unavailable, "the service is stopping"};
const Error kQueueFull{ErrorCode::server_busy, "too many session look-ups wait"};

}  // namespace

BatchedLookup::BatchedLookup(Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), thread_([this] { run(); }) {}

BatchedLookup::~BatchedLookup() { stop(); }

void BatchedLookup::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
  refuse_waiting(kStopped);
}

void BatchedLookup::find(std::string token_hash, Callback done) {
  const Error* refused = nullptr;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = queue_.empty();
    if (stopping_) {
      refused = &kStopped;
    } else if (queue_.size() >= options_.max_queued) {
      refused = &kQueueFull;
    } else {
      queue_.push_back({.token_hash = std::move(token_hash), .done = std::move(done)});
    }
  }
  if (refused != nullptr) return done(fail(*refused));
  // Whoever finds others waiting knows that the thread is awake.
  if (first) work_.notify_one();
}

void BatchedLookup::run() {
  for (Batch batch = next_batch(); !batch.empty(); batch = next_batch()) answer(batch);
}

BatchedLookup::Batch BatchedLookup::next_batch() {
  std::unique_lock lock(mutex_);
  work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  if (stopping_) return {};
  if (queue_.size() <= options_.max_batch) return std::exchange(queue_, {});
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(options_.max_batch);
  Batch batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

void BatchedLookup::answer(Batch& batch) {
  auto rows = ask(batch);
  if (!rows) {
    const Error error = sql::to_error(rows.error());
    for (const Waiting& waiting : batch) waiting.done(fail(error));
    return refuse_waiting(error);
  }
  std::unordered_map<std::string_view, SessionPtr> found;
  for (sql::SessionWithUser& row : *rows) {
    auto live = std::make_shared<LiveSession>();
    live->token_hash = std::move(row.token_hash);
    live->session = std::move(row.session);
    live->user = std::move(row.user);
    live->identities = std::move(row.identities);
    found.emplace(live->token_hash, std::move(live));
  }
  for (const Waiting& waiting : batch) {
    const auto session = found.find(waiting.token_hash);
    waiting.done(session == found.end() ? nullptr : session->second);
  }
}

sql::Outcome<std::vector<sql::SessionWithUser>> BatchedLookup::ask(const Batch& batch) {
  std::vector<std::string> token_hashes;
  token_hashes.reserve(batch.size());
  for (const Waiting& waiting : batch) token_hashes.push_back(waiting.token_hash);
  // The server may have closed the connection since the last look-up, and there may be a new one.
  if (connection_ && !connection_->usable()) connection_.reset();
  auto rows = ask_once(token_hashes);
  if (!rows) connection_.reset();
  return rows;
}

sql::Outcome<std::vector<sql::SessionWithUser>> BatchedLookup::ask_once(
    const std::vector<std::string>& token_hashes) {
  if (!connection_) {
    LATCHKEY_TRY_ASSIGN(connection_, sql::Connection::open(options_.database_url, {}));
  }
  return sql::sessions::find(*connection_, token_hashes, clock_.now(),
                             options_.idle_timeout + SeenSessions::kStoredLag);
}

void BatchedLookup::refuse_waiting(const Error& error) {
  Batch waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(queue_);
  }
  for (const Waiting& refused : waiting) refused.done(fail(error));
}

}  // namespace latchkey::sessions
