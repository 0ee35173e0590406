// A connection loop on a thread of its own and a port of its own, with a sink that a test can talk
// to: it answers "/now…" at once, keeps the tickets of "/later…" and is too busy for "/busy".
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "broker/http/connection_loop.h"
#include "broker/http/listener.h"
#include "broker/http/request_sink.h"
#include "tests/broker/http/raw_client.h"

namespace latchkey::test {

// A whole answer of 200.
std::string plain_answer(std::string_view body, bool keep_alive = true);

class TalkingSink final : public broker::http::RequestSink {
 public:
  Fate take(const broker::http::IncomingRequest& request, std::string& out) override;
  void refuse(ErrorCode fault, std::string_view peer, std::string& out) override;

  // The ticket of the next request for "/later…", in order; waits for it.
  broker::http::Ticket next_ticket();
  // "METHOD target body" of all requests that were run.
  [[nodiscard]] std::vector<std::string> requests() const;
  // Drops what it remembers of requests.
  void forget();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<broker::http::Ticket> tickets_;
  std::size_t given_out_ = 0;
  std::vector<std::string> requests_;
};

class LoopUnderTest {
 public:
  explicit LoopUnderTest(const broker::http::LoopOptions& options = {},
                         const std::string& listen = "127.0.0.1:0");
  ~LoopUnderTest();
  LoopUnderTest(const LoopUnderTest&) = delete;
  LoopUnderTest& operator=(const LoopUnderTest&) = delete;

  [[nodiscard]] RawClient client() const { return RawClient(listener_.port()); }
  // Starts the drain.
  void stop() { loop_.stop(); }
  // Returns when run() has returned.
  void join();

  TalkingSink sink;

 private:
  SystemClock clock_;
  broker::http::Listener listener_;
  broker::http::ConnectionLoop loop_;
  std::thread thread_;
};

}  // namespace latchkey::test
