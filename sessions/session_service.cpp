#include "sessions/session_service.h"

#include <algorithm>
#include <future>

#include "base/crypto.h"
#include "base/try.h"

namespace latchkey::sessions {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLength = 43;
constexpr std::chrono::hours kBrowserSessionLifetime{12};
constexpr std::chrono::minutes kRecentLogin{5};
constexpr std::size_t kFlushBatch = 1000;
constexpr int kSweepBatch = 1000;
constexpr int kMaxSweepBatches = 100;

// Once a minute, but often enough that another instance judges a short idle time-out about right.
Duration write_every(const config::Session& config) {
  return std::min<Duration>(std::chrono::minutes(1), Duration(config.idle_timeout) / 4);
}

constexpr bool is_base64url(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

// Spelled as issue() spells them. Bits that belong to no byte are no matter: the hash differs.
bool can_be_token(std::string_view text) {
  return text.size() == kTokenLength && std::all_of(text.begin(), text.end(), is_base64url);
}

}  // namespace

SessionService::SessionService(sql::Pool& pool, SessionLookup& lookup,
                               const config::Session& config, const Clock& clock, Random& random)
    : pool_(pool),
      lookup_(lookup),
      config_(config),
      clock_(clock),
      random_(random),
      seen_({.write_every = write_every(config)}) {}

sql::Outcome<IssuedSession> SessionService::issue(sql::Connection& connection,
                                                  const IssueRequest& request) {
  const TimePoint now = clock_.now();
  const Duration longest = config_.absolute_timeout;
  const Duration lifetime =
      request.remember ? longest : std::min<Duration>(kBrowserSessionLifetime, longest);
  IssuedSession issued{.token = random_token(random_, kTokenBytes),
                       .token_hash = {},
                       .expires_at = now + lifetime,
                       .remember = request.remember};
  issued.token_hash = sha256(issued.token);
  LATCHKEY_TRY(sql::sessions::insert(
      connection, {.token_hash = issued.token_hash,
                   .user_id = request.user_id,
                   .created_at = now,
                   .expires_at = issued.expires_at,
                   .idle_expires_at = now + config_.idle_timeout + SeenSessions::kStoredLag,
                   .remember = request.remember,
                   .method = request.method,
                   .ip = request.ip,
                   .user_agent = request.user_agent}));
  return issued;
}

void SessionService::check(std::string_view token, SessionLookup::Callback done) {
  if (!can_be_token(token)) return done(nullptr);
  lookup_.find(sha256(token), [this, done = std::move(done)](SessionLookup::Answer answer) {
    if (answer && *answer && !confirm(**answer)) answer = nullptr;
    done(std::move(answer));
  });
}

SessionLookup::Answer SessionService::check_now(std::string_view token) {
  std::promise<SessionLookup::Answer> promise;
  check(token, [&promise](SessionLookup::Answer answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

SessionPtr SessionService::check_remembered(std::string_view token) {
  if (!can_be_token(token)) return nullptr;
  SessionPtr live = lookup_.remembered(sha256(token));
  return live && confirm(*live) ? live : nullptr;
}

// The look-up may have answered from a cache, so nothing of it is taken on trust but that the
// session exists.
bool SessionService::confirm(const LiveSession& live) {
  const TimePoint now = clock_.now();
  const sql::SessionRow& session = live.session;
  if (live.user.disabled() || session.expires_at <= now) return false;
  return seen_.see(session.id, now, session.last_seen_at, now - config_.idle_timeout);
}

TimePoint SessionService::last_seen(const sql::SessionRow& session) const {
  return seen_.latest(session.id, session.last_seen_at);
}

Status SessionService::end(const std::string& token_hash) {
  auto lease = pool_.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  const auto ended = end_in(**lease, token_hash);
  if (!ended) return fail(sql::to_error(ended.error()));
  forget_session(token_hash);
  return {};
}

sql::Outcome<bool> SessionService::end_in(sql::Connection& connection,
                                          const std::string& token_hash) {
  return sql::sessions::remove_by_hash(connection, token_hash);
}

sql::Outcome<std::int64_t> SessionService::end_all(sql::Connection& connection, sql::UserId user,
                                                   const std::string& except_hash) {
  return sql::sessions::remove_all_of_user(connection, user, except_hash);
}

sql::Outcome<bool> SessionService::renew_in(sql::Connection& connection,
                                            const std::string& token_hash) {
  return sql::sessions::renew(connection, token_hash, clock_.now());
}

Result<std::vector<sql::sessions::OwnSession>> SessionService::list(sql::UserId user) {
  auto lease = pool_.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  const TimePoint now = clock_.now();
  auto rows = sql::sessions::list_of_user(**lease, user, now,
                                          config_.idle_timeout + SeenSessions::kStoredLag);
  if (!rows) return fail(sql::to_error(rows.error()));
  for (auto& row : *rows) {
    row.session.last_seen_at = seen_.latest(row.session.id, row.session.last_seen_at);
  }
  std::erase_if(*rows, [&](const auto& row) {
    return row.session.last_seen_at + config_.idle_timeout <= now;
  });
  return std::move(*rows);
}

Status SessionService::flush_seen() {
  const std::vector<SeenSessions::Sighting> due = seen_.due(clock_.now());
  if (due.empty()) return {};
  auto lease = pool_.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  for (std::size_t begin = 0; begin < due.size(); begin += kFlushBatch) {
    const std::size_t end = std::min(begin + kFlushBatch, due.size());
    const std::vector<SeenSessions::Sighting> batch(
        due.begin() + static_cast<std::ptrdiff_t>(begin),
        due.begin() + static_cast<std::ptrdiff_t>(end));
    std::vector<std::int64_t> ids;
    std::vector<TimePoint> seen_at;
    for (const auto& sighting : batch) {
      ids.push_back(sighting.id);
      seen_at.push_back(sighting.seen_at);
    }
    const auto touched = sql::sessions::touch(**lease, ids, seen_at);
    if (!touched) return fail(sql::to_error(touched.error()));
    seen_.written(batch, clock_.now());
  }
  return {};
}

Result<std::int64_t> SessionService::sweep() {
  auto lease = pool_.acquire();
  if (!lease) return fail(sql::to_error(lease.error()));
  std::int64_t total = 0;
  for (int batch = 0; batch < kMaxSweepBatches; ++batch) {
    const auto swept = sql::sessions::sweep(
        **lease, clock_.now(), config_.idle_timeout + SeenSessions::kStoredLag, kSweepBatch);
    if (!swept) return fail(sql::to_error(swept.error()));
    total += *swept;
    if (*swept < kSweepBatch) break;
  }
  return total;
}

bool SessionService::recently_authenticated(const LiveSession& session) const {
  return clock_.now() < session.session.authenticated_at + kRecentLogin;
}

}  // namespace latchkey::sessions
