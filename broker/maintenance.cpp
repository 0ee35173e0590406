#include "broker/maintenance.h"

#include "base/log.h"
#include "sql/account_proofs.h"
#include "sql/mails.h"
#include "sql/signins.h"

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

Maintenance::Maintenance(sql::Pool& pool, sessions::SessionService& sessions, const Clock& clock)
    : pool_(pool), sessions_(sessions), clock_(clock), thread_([this] { run(); }) {}

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
  const auto mails = sweep_all(**lease, clock_.now(), sql::mails::sweep);
  const auto proofs = sweep_all(**lease, clock_.now(), sql::account_proofs::sweep);
  for (const auto* swept : {&states, &pending, &mails, &proofs}) {
    if (*swept) continue;
    log::warn("maintenance.sweep_failed", {{"detail", swept->error().detail}});
    return;
  }
  if (*sessions + *states + *pending + *mails + *proofs > 0) {
    log::info("maintenance.swept", {{"sessions", *sessions},
                                    {"claimed_states", *states},
                                    {"pending_sign_ins", *pending},
                                    {"mails", *mails},
                                    {"account_proofs", *proofs}});
  }
}

}  // namespace latchkey::broker
