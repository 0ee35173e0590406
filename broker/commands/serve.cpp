#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "base/log.h"
#include "broker/admin/user_finder.h"
#include "broker/app.h"
#include "broker/commands/commands.h"
#include "broker/http/server.h"
#include "sql/migrations.h"

namespace latchkey::broker::commands {
namespace {

// Port 0 in public_url stands for the port that `listen` got.
void settle_public_url(config::Config& config, int port) {
  constexpr std::string_view kAnyPort = ":0";
  std::string& url = config.server.public_url;
  if (!url.ends_with(kAnyPort)) return;
  url.resize(url.size() - kAnyPort.size());
  url += ":" + std::to_string(port);
}

std::string address_text(const config::Config& config, int port) {
  const std::string& listen = config.server.listen;
  if (listen.starts_with("unix:")) return listen;
  return "http://" + listen.substr(0, listen.rfind(':')) + ":" + std::to_string(port);
}

// Blocked in every thread, so that only the one that waits for them gets them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// The database may be away or still starting: then the service starts all the same, answers 503
// and /readyz tells. False only for a schema that this binary must not run on.
bool schema_is_usable(const config::Config& config, bool migrate_first) {
  auto connection = sql::Connection::open(config.database.url, sql::kMigrationTimeouts);
  if (!connection) {
    log::warn("store.unavailable", {{"detail", connection.error().detail}});
    return true;
  }
  if (migrate_first) {
    const auto applied = sql::migrate(**connection);
    if (applied) {
      admin::warn_without_parts(**connection);
      return true;
    }
    fmt::print(stderr, "error: the database cannot be migrated: {}\n", applied.error().detail);
    return false;
  }
  const auto missing = sql::pending_migrations(**connection);
  if (missing && *missing == 0) return true;
  fmt::print(stderr, "error: the database's schema is not current; run `latchkey migrate`\n");
  return false;
}

// Ends the process while handlers hang: whatever they wait for, SIGTERM has had its ten seconds.
// What they had not committed the database rolls back when their connections end, as after a crash.
[[noreturn]] void leave_without(std::size_t handlers) {
  log::warn("server.left_handlers", {{"count", static_cast<std::int64_t>(handlers)}});
  std::fflush(nullptr);
  std::_Exit(kDone);
}

}  // namespace

int serve(const std::string& config_file, bool migrate_first) {
  auto config = load_or_complain(config_file);
  if (!config) return kMisconfigured;
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t stop_signals = block_stop_signals();

  http::Server server;
  const int port = server.bind(config->server.listen);
  settle_public_url(*config, port);
  const SystemClock clock;
  SystemRandom random;
  App app(*config, clock, random);
  if (!schema_is_usable(*config, migrate_first)) return kFailed;
  app.start_maintenance();

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&stop_signals, &signal);
    log::info("server.stopping", {{"signal", signal}});
    server.stop();
  });
  fmt::print("listening on {}\n", address_text(*config, port));
  std::fflush(stdout);
  const std::size_t left = server.run(app.dispatcher(), &app.loop_handler());
  stopper.join();
  if (left > 0) leave_without(left);
  return kDone;
}

int migrate(const std::string& config_file) {
  const auto config = load_or_complain(config_file);
  if (!config) return kMisconfigured;
  auto connection = sql::Connection::open(config->database.url, sql::kMigrationTimeouts);
  if (!connection) {
    fmt::print(stderr, "error: {}\n", connection.error().detail);
    return kFailed;
  }
  const auto applied = sql::migrate(**connection);
  if (!applied) {
    fmt::print(stderr, "error: {}\n", applied.error().detail);
    return kFailed;
  }
  for (const std::string& name : *applied) fmt::print("applied {}\n", name);
  if (applied->empty()) fmt::print("the schema is current\n");
  return kDone;
}

}  // namespace latchkey::broker::commands
