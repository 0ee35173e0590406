#include "broker/maintenance.h"

#include "base/log.h"
#include "broker/webhook_sender.h"
#include "sql/account_proofs.h"
#include "sql/audit_log.h"
#include "sql/mails.h"
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

void report(std::string_view table, std::int64_t rows) {
  if (rows > 0) log::info("maintenance.swept", {{"table", table}, {"rows", rows}});
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
  const TimePoint now = clock_.now();
  const struct {
    std::string_view table;
    Sweep sweep;
    TimePoint before;
  } kTables[] = {
      {"claimed_states", sql::claimed_states::sweep, now},
      {"pending_sign_ins", sql::pending_sign_ins::sweep, now},
      {"mails", sql::mails::sweep, now},
      {"account_proofs", sql::account_proofs::sweep, now},
      {"webhook_deliveries", sql::webhook_deliveries::sweep, now - WebhookSender::kRetention},
      {"preauthorised_identities", sql::preauthorised_identities::sweep, now},
      {"audit_events", sql::audit_log::remove_older, oldest_audit_event(now)},
  };
  auto lease = pool_.acquire();
  if (!lease) return;
  report("sessions", *sessions);
  for (const auto& [table, sweep, before] : kTables) {
    const auto removed = sweep_all(**lease, before, sweep);
    if (!removed) {
      log::warn("maintenance.sweep_failed", {{"table", table}, {"detail", removed.error().detail}});
      return;
    }
    report(table, *removed);
  }
}

TimePoint Maintenance::oldest_audit_event(TimePoint now) const {
  if (audit_.retention_days == 0) return TimePoint{};  // the epoch: none is as old
  return now - std::chrono::days(audit_.retention_days);
}

}  // namespace latchkey::broker
