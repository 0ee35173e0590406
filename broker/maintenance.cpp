#include "broker/maintenance.h"

#include "base/log.h"
#include "broker/webhook_sender.h"
#include "sql/audit_log.h"
#include "sql/preauthorised.h"
#include "sql/signins.h"
#include "sql/webhooks.h"

namespace latchkey::broker {
namespace {

constexpr std::chrono::seconds kFlushEvery{5};
constexpr int kSweepEvery = 12;  // flushes: once a minute
constexpr int kBatch = 1000;

using Sweep = sql::Outcome<std::int64_t> (*)(sql::Connection&, TimePoint, int);

// Batch after batch until one is short, so that no statement holds many rows at once.
sql::Outcome<std::int64_t> sweep_all(sql::Connection& connection, TimePoint now, Sweep sweep) {
  std::int64_t total = 0;
  for (;;) {
    const auto removed = sweep(connection, now, kBatch);
    if (!removed) return removed;
    total += *removed;
    if (*removed < kBatch) return total;
  }
}

}  // namespace

Maintenance::Maintenance(sql::Pool& pool, sessions::SessionService& sessions,
                         const config::Audit& audit, const Clock& clock)
    : pool_(pool), sessions_(sessions), audit_(audit), clock_(clock), thread_([this] { run(); }) {}

Maintenance::~Maintenance() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

void Maintenance::run() {
  int turn = 0;
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, kFlushEvery, [this] { return stopping_; })) {
    lock.unlock();
    if (auto flushed = sessions_.flush_seen(); !flushed) {
      log::warn("maintenance.flush_failed", {{"detail", flushed.error().detail}});
    }
    if (++turn % kSweepEvery == 0) sweep();
    lock.lock();
  }
  lock.unlock();
  if (auto flushed = sessions_.flush_seen(); !flushed) {
    log::warn("maintenance.flush_failed", {{"detail", flushed.error().detail}});
  }
}

void Maintenance::sweep() {
  const auto sessions = sessions_.sweep();
  if (!sessions) {
    log::warn("maintenance.sweep_failed", {{"detail", sessions.error().detail}});
    return;
  }
  auto lease = pool_.acquire();
  if (!lease) return;
  const auto states = sweep_all(**lease, clock_.now(), sql::claimed_states::sweep);
  const auto pending = sweep_all(**lease, clock_.now(), sql::pending_sign_ins::sweep);
  if (!states || !pending) {
    log::warn("maintenance.sweep_failed",
              {{"detail", states ? pending.error().detail : states.error().detail}});
    return;
  }
  const auto old = clock_.now() - WebhookSender::kRetention;
  const auto webhooks = sweep_all(**lease, old, sql::webhook_deliveries::sweep);
  const auto allowed = sweep_all(**lease, clock_.now(), sql::preauthorised_identities::sweep);
  if (!webhooks || !allowed) {
    log::warn("maintenance.sweep_failed",
              {{"detail", webhooks ? allowed.error().detail : webhooks.error().detail}});
    return;
  }
  const auto audit = sweep_audit(**lease);
  if (!audit) {
    log::warn("maintenance.sweep_failed", {{"detail", audit.error().detail}});
    return;
  }
  if (*sessions + *states + *pending > 0) {
    log::info(
        "maintenance.swept",
        {{"sessions", *sessions}, {"claimed_states", *states}, {"pending_sign_ins", *pending}});
  }
}

sql::Outcome<std::int64_t> Maintenance::sweep_audit(sql::Connection& connection) {
  if (audit_.retention_days == 0) return 0;
  const TimePoint oldest = clock_.now() - std::chrono::days(audit_.retention_days);
  return sweep_all(connection, oldest, sql::audit_log::remove_older);
}

}  // namespace latchkey::broker
