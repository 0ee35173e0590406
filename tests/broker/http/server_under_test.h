// The whole front on a port of its own: loop, workers, cpp-httplib's messages and the dispatcher,
// with a few routes instead of the service's:
//   GET, POST /echo   what the handler saw (describe_request)
//   GET /empty        204
//   GET /wait         waits at the gate
//   GET /throw        a handler with a bug
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/keyring.h"
#include "base/random.h"
#include "broker/http/server.h"
#include "tests/broker/http/raw_client.h"
#include "tests/support/gate.h"

namespace latchkey::test {

// No request of these tests carries a session.
class NoSessions final : public sessions::SessionLookup {
 public:
  void find(std::string /*token_hash*/, Callback done) override { done(nullptr); }
};

class ServerTest : public testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  void start(const broker::http::ServerOptions& options = {},
             broker::http::LoopHandler* first = nullptr);
  // Answers how many handlers were left.
  std::size_t stop();

  [[nodiscard]] RawClient client() const { return RawClient(port_); }
  // The answer to one request on a connection of its own.
  [[nodiscard]] RawClient::Answer ask(const std::string& request) const;
  static std::string get(const std::string& target, const std::string& fields = "");

  SystemClock clock_;
  SystemRandom random_;
  config::Config config_;
  Keyring keyring_{Secret("a test's secret key of more than 32 bytes"), {}};
  sql::Pool pool_{{.url = Secret("host=/nonexistent")}};
  NoSessions lookup_;
  sessions::SessionService sessions_{pool_, lookup_, config_.session, clock_, random_};
  sessions::CsrfTokens csrf_{keyring_, random_};
  broker::http::OriginPolicy origins_{"http://localhost", {}};
  broker::http::TrustedProxies proxies_{{}};
  broker::http::Router router_;
  broker::http::RequestIds request_ids_{random_};
  broker::http::Dispatcher dispatcher_{{.config = config_,
                                        .router = router_,
                                        .origins = origins_,
                                        .proxies = proxies_,
                                        .sessions = sessions_,
                                        .csrf = csrf_,
                                        .clock = clock_,
                                        .request_ids = request_ids_}};
  Gate gate_;
  std::atomic<int> waits_{0};

 private:
  std::unique_ptr<broker::http::Server> server_;
  int port_ = 0;
  std::size_t left_ = 0;
  std::thread thread_;
};

}  // namespace latchkey::test
