// The inner pieces of a session check.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/crypto.h"
#include "base/log.h"
#include "base/random.h"
#include "broker/http/access_log.h"
#include "sessions/cookies.h"
#include "sessions/session_cache.h"

namespace latchkey {
namespace {

constexpr std::size_t kSessions = 1024;

void token_hash(benchmark::State& state) {
  SystemRandom random;
  const std::string token = random_token(random);
  for (auto _ : state) benchmark::DoNotOptimize(sha256(token));
}
BENCHMARK(token_hash);

// Many sessions and not one, so that the processor's caches do not answer.
void token_hash_and_cache_hit(benchmark::State& state) {
  const SystemClock clock;
  SystemRandom random;
  sessions::SessionCache cache(clock);
  cache.open();
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < kSessions; ++i) {
    tokens.push_back(random_token(random));
    auto live = std::make_shared<sessions::LiveSession>();
    live->token_hash = sha256(tokens.back());
    live->user.id = static_cast<sql::UserId>(i);
    cache.put(live, cache.mark());
  }
  std::size_t turn = 0;
  for (auto _ : state) {
    const auto live = cache.find(sha256(tokens[turn++ % kSessions]));
    // Entries are good for thirty seconds; a miss would flatter the figure.
    if (!live) return state.SkipWithError("not remembered");
  }
}
BENCHMARK(token_hash_and_cache_hit);

void cookie_search(benchmark::State& state) {
  const std::string header = "theme=dark; csrftoken=" + std::string(64, 'c') +
                             "; _ga=GA1.1.1234567890.1234567890; sessionid=" + std::string(43, 's');
  for (auto _ : state) {
    sessions::CookieSearch search("sessionid");
    search.look_in(header);
    benchmark::DoNotOptimize(search.found());
  }
}
BENCHMARK(cookie_search);

void access_log_line(benchmark::State& state) {
  const SystemClock clock;
  const MonotonicPoint now = clock.monotonic();
  for (auto _ : state) {
    broker::http::write_access({.method = "GET",
                                .path = "/api/account/",
                                .status = 200,
                                .began = now - std::chrono::microseconds(17),
                                .ended = now,
                                .client_ip = "192.0.2.1",
                                .request_id = "0123456789abcdef"},
                               [](log::Level level, std::string_view event, log::Fields fields) {
                                 benchmark::DoNotOptimize(log::format(
                                     level, event, fields, "2026-01-02T03:04:05.678901Z"));
                               });
  }
}
BENCHMARK(access_log_line);

}  // namespace
}  // namespace latchkey
