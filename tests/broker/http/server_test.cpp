// Loop and workers together, over real sockets.
#include "broker/http/server.h"

#include <deque>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/http/wire.h"
#include "tests/broker/http/server_under_test.h"

namespace latchkey::test {
namespace {

using namespace broker::http;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// Takes "/loop/now", and "/loop/later" on a thread of its own.
class SmallHandler final : public LoopHandler {
 public:
  ~SmallHandler() override {
    for (std::thread& thread : threads_) thread.join();
  }
  Taken take(const IncomingRequest& request, std::string& out) override {
    const WireOptions options{.keep_alive = request.keep_alive,
                              .head_only = request.head.method == "HEAD"};
    if (request.head.target == "/loop/now") {
      append_response(out, detail_response(200, "on the loop"), clock_.now(), options);
      return Taken::answered;
    }
    if (request.head.target == "/loop/later") {
      threads_.emplace_back([this, ticket = request.ticket, options] {
        std::string answer;
        append_response(answer, detail_response(200, "by a thread"), clock_.now(), options);
        ticket.answer(std::move(answer));
      });
      return Taken::later;
    }
    return Taken::declined;
  }

 private:
  SystemClock clock_;
  std::deque<std::thread> threads_;
};

TEST_F(ServerTest, RefusalsHaveTheSecurityHeadersAndClose) {
  start();
  for (const std::string& request : {
           get("/echo", "Transfer-Encoding: chunked\r\n"),
           get("/" + std::string(9'000, 'a')),
           get("/echo", "X: " + std::string(17'000, 'a') + "\r\n"),
           std::string("BREW /echo HTTP/1.1\r\nHost: a\r\n\r\n"),
       }) {
    RawClient one = client();
    one.send(request);
    const auto answer = one.read_answer();
    EXPECT_GE(answer.status, 400);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_NE(answer.field("X-Request-Id"), "");
    EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.field("Cache-Control"), "no-store");
    EXPECT_EQ(answer.field("Content-Type"), "application/json");
    EXPECT_THAT(answer.body, HasSubstr("\"code\""));
    EXPECT_TRUE(one.at_end());
  }
}

TEST_F(ServerTest, FullQueueAnswersBusyAtOnce) {
  start({.workers = {.threads = 2, .queue = 1}});
  std::deque<RawClient> waiting;
  for (int i = 0; i < 2; ++i) {
    waiting.push_back(client());
    waiting.back().send(get("/wait"));
  }
  gate_.wait_for_arrivals(2);
  waiting.push_back(client());
  waiting.back().send(get("/wait"));
  // The loop takes requests in the order in which they came, so one of these two is too much.
  RawClient last = client();
  last.send(get("/wait"));
  const auto busy = last.read_answer();
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(busy.field("Retry-After"), "5");
  EXPECT_THAT(busy.body, HasSubstr("server_busy"));
  gate_.open();
  for (RawClient& one : waiting) EXPECT_EQ(one.read_answer().status, 200);
}

TEST_F(ServerTest, JobOfAClientThatHasGoneIsDropped) {
  start({.workers = {.threads = 1}});
  RawClient first = client();
  first.send(get("/wait"));
  gate_.wait_for_arrivals(1);
  RawClient gone = client();
  gone.send(get("/wait"));
  RawClient last = client();
  last.send(get("/echo"));
  gone.reset();
  // The loop learns of the reset before it takes this one in.
  RawClient probe = client();
  probe.send("nonsense\r\n");
  EXPECT_EQ(probe.read_answer().status, 400);
  gate_.open();
  EXPECT_EQ(first.read_answer().status, 200);
  EXPECT_EQ(last.read_answer().status, 200);
  EXPECT_EQ(waits_, 1);
}

TEST_F(ServerTest, LoopHandlerIsAskedFirst) {
  SmallHandler handler;
  start({}, &handler);
  RawClient one = client();
  one.send(get("/loop/now") + get("/echo") + get("/loop/later") + get("/loop/now"));
  EXPECT_THAT(one.read_answer().body, HasSubstr("on the loop"));
  EXPECT_THAT(one.read_answer().body, StartsWith("GET /echo"));
  EXPECT_THAT(one.read_answer().body, HasSubstr("by a thread"));
  EXPECT_THAT(one.read_answer().body, HasSubstr("on the loop"));
  stop();
}

TEST_F(ServerTest, LoopAnswersWhileEveryWorkerHangs) {
  SmallHandler handler;
  start({.workers = {.threads = 2, .queue = 2}}, &handler);
  std::deque<RawClient> hung;
  for (int i = 0; i < 4; ++i) {
    hung.push_back(client());
    hung.back().send(get("/wait"));
  }
  gate_.wait_for_arrivals(2);
  EXPECT_EQ(ask(get("/loop/now")).status, 200);
  EXPECT_EQ(ask(get("/loop/later")).status, 200);
  gate_.open();
  stop();
}

TEST_F(ServerTest, HandlerThatHangsIsLeftWhenTheDrainTimeIsOver) {
  start({.loop = {.drain_time = 50ms}});
  RawClient one = client();
  one.send(get("/wait"));
  gate_.wait_for_arrivals(1);
  EXPECT_EQ(stop(), 1U);
  EXPECT_TRUE(one.at_end());
}

TEST_F(ServerTest, HandlerThatHangsIsLeftThoughItsClientHasGone) {
  start({.loop = {.drain_time = 50ms}});
  RawClient one = client();
  one.send(get("/wait"));
  gate_.wait_for_arrivals(1);
  one.reset();
  EXPECT_EQ(stop(), 1U);
}

TEST_F(ServerTest, HandlerWhoseClientHasGoneMayFinishWithinTheDrainTime) {
  start();
  RawClient one = client();
  one.send(get("/wait"));
  gate_.wait_for_arrivals(1);
  one.reset();
  RawClient idle = client();
  idle.send(get("/echo"));
  EXPECT_EQ(idle.read_answer().status, 200);
  std::thread opener([this, &idle] {
    EXPECT_TRUE(idle.at_end());
    gate_.open();
  });
  EXPECT_EQ(stop(), 0U);
  opener.join();
}

TEST_F(ServerTest, StopAnswersWhatIsInFlight) {
  start();
  RawClient one = client();
  one.send(get("/wait"));
  gate_.wait_for_arrivals(1);
  RawClient idle = client();
  idle.send(get("/echo"));
  EXPECT_EQ(idle.read_answer().status, 200);
  std::thread stopper([this] { stop(); });
  EXPECT_TRUE(idle.at_end());
  gate_.open();
  EXPECT_EQ(one.read_answer().status, 200);
  EXPECT_TRUE(one.at_end());
  stopper.join();
}

}  // namespace
}  // namespace latchkey::test
