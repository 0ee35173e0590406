#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/core.h>

#include "base/log.h"
#include "base/random.h"
#include "base/try.h"
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
// and /readyz tells. Complains only of a schema that this binary must not run on.
Done prepare_schema(const config::Config& config, bool migrate_first) {
  auto connection = sql::Connection::open(config.database.url, sql::kMigrationTimeouts);
  if (!connection) {
    log::warn("store.unavailable", {{"detail", connection.error().detail}});
    return {};
  }
  if (!migrate_first) {
    const auto missing = sql::pending_migrations(**connection);
    if (missing && *missing == 0) return {};
    return complain(kDatabaseFailed, "The schema is not current; run `latchkey migrate` first.");
  }
  if (const auto applied = sql::migrate(**connection); !applied) {
    return complain(kDatabaseFailed, "The database cannot be migrated: " + applied.error().detail);
  }
  admin::warn_without_parts(**connection);
  return {};
}

// Ends the process while handlers hang: whatever they wait for, SIGTERM has had its ten seconds.
// What they had not committed the database rolls back when their connections end, as after a crash.
[[noreturn]] void leave_without(std::size_t handlers) {
  log::warn("server.left_handlers", {{"count", static_cast<std::int64_t>(handlers)}});
  std::fflush(nullptr);
  std::_Exit(kDone);
}

}  // namespace

Done serve(const std::string& config_file, bool migrate_first) {
  LATCHKEY_TRY_ASSIGN(config::Config config, load_with_warnings(config_file));
  log::set_level(log::Level::info);
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t stop_signals = block_stop_signals();

  http::Server server;
  const int port = server.bind(config.server.listen);
  settle_public_url(config, port);
  const SystemClock clock;
  SystemRandom random;
  App app(config, clock, random);
  LATCHKEY_TRY(prepare_schema(config, migrate_first));
  app.start_maintenance();

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&stop_signals, &signal);
    log::info("server.stopping", {{"signal", signal}});
    server.stop();
  });
  fmt::print("listening on {}\n", address_text(config, port));
  std::fflush(stdout);
  const std::size_t left = server.run(app.dispatcher(), &app.loop_handler());
  stopper.join();
  if (left > 0) leave_without(left);
  return {};
}

Done migrate(const std::string& config_file) {
  LATCHKEY_TRY_ASSIGN(const config::Config config, load(config_file));
  LATCHKEY_TRY_ASSIGN(const auto connection,
                      sql::Connection::open(config.database.url, sql::kMigrationTimeouts));
  LATCHKEY_TRY_ASSIGN(const auto applied, sql::migrate(*connection));
  for (const std::string& name : applied) fmt::print("applied {}\n", name);
  if (applied.empty()) fmt::print("the schema is current\n");
  return {};
}

}  // namespace latchkey::broker::commands
