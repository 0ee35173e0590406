// The whole front over real sockets: loop, workers, cpp-httplib's messages and the dispatcher, with
// a few routes of its own instead of the service's.
#include "broker/http/server.h"

#include <atomic>
#include <deque>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/keyring.h"
#include "base/random.h"
#include "broker/http/wire.h"
#include "tests/broker/http/raw_client.h"
#include "tests/support/gate.h"

namespace latchkey::test {
namespace {

using namespace broker::http;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// No request of these tests carries a session.
class NoSessions final : public sessions::SessionLookup {
 public:
  void find(std::string /*token_hash*/, Callback done) override {
    done(std::optional<sessions::LiveSession>{});
  }
};

// What a handler saw, one thing a line.
Response describe_request(const Request& request) {
  std::string text(method_name(request.method));
  text += " " + request.path + "\n";
  for (const auto& [name, value] : request.query) text += "?" + name + "=" + value + "\n";
  for (const auto& [name, value] : request.headers.fields()) text += name + ": " + value + "\n";
  text += "from " + request.client_ip + "\n" + request.body;
  return {.status = 200, .content_type = "text/plain", .body = text};
}

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
      append_response(out, detail_response(200, "on the loop"), options);
      return Taken::answered;
    }
    if (request.head.target == "/loop/later") {
      threads_.emplace_back([ticket = request.ticket, options] {
        std::string answer;
        append_response(answer, detail_response(200, "by a thread"), options);
        ticket.answer(std::move(answer));
      });
      return Taken::later;
    }
    return Taken::declined;
  }

 private:
  std::deque<std::thread> threads_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    for (const Method method : {Method::get, Method::post}) {
      router_.add({.method = method, .pattern = "/echo", .handler = describe_request});
    }
    router_.add({.method = Method::get, .pattern = "/empty", .handler = [](const Request&) {
                   return Response{.status = 204};
                 }});
    router_.add({.method = Method::get, .pattern = "/wait", .handler = [this](const Request&) {
                   ++waits_;
                   gate_.pass();
                   return detail_response(200, "waited");
                 }});
    router_.add(
        {.method = Method::get, .pattern = "/throw", .handler = [](const Request&) -> Response {
           throw std::runtime_error("a secret of the database");
         }});
  }
  ~ServerTest() override {
    gate_.open();
    stop();
  }

  void start(const ServerOptions& options = {}, LoopHandler* first = nullptr) {
    server_ = std::make_unique<Server>(options);
    port_ = server_->bind("127.0.0.1:0");
    thread_ = std::thread([this, first] { server_->run(dispatcher_, first); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }

  [[nodiscard]] RawClient client() const { return RawClient(port_); }
  [[nodiscard]] RawClient::Answer ask(const std::string& request) const {
    RawClient one = client();
    one.send(request);
    return one.read_answer(request.starts_with("HEAD "));
  }
  static std::string get(const std::string& target, const std::string& fields = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  }

  SystemClock clock_;
  SystemRandom random_;
  config::Config config_;
  Keyring keyring_{Secret("a test's secret key of more than 32 bytes"), {}};
  sql::Pool pool_{{.url = Secret("host=/nonexistent")}};
  NoSessions lookup_;
  sessions::SessionService sessions_{pool_, lookup_, config_.session, clock_, random_};
  sessions::CsrfTokens csrf_{keyring_, random_};
  OriginPolicy origins_{"http://localhost", {}};
  TrustedProxies proxies_{{}};
  Router router_;
  Dispatcher dispatcher_{{.config = config_,
                          .router = router_,
                          .origins = origins_,
                          .proxies = proxies_,
                          .sessions = sessions_,
                          .csrf = csrf_,
                          .clock = clock_,
                          .random = random_}};
  Gate gate_;
  std::atomic<int> waits_{0};

 private:
  std::unique_ptr<Server> server_;
  int port_ = 0;
  std::thread thread_;
};

TEST_F(ServerTest, HandlerSeesTheRequestAsItWasSent) {
  start();
  const auto answer =
      ask("POST /ec%68o/?a=b%20c&d=e?f HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
          "X-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, StartsWith("POST /echo/\n?a=b c\n?d=e?f\n"));
  EXPECT_THAT(answer.body, HasSubstr("X-Twice: 1\nX-Twice: 2\n"));
  EXPECT_THAT(answer.body, testing::EndsWith("from 127.0.0.1\n{}"));
}

TEST_F(ServerTest, EscapesInHeaderValuesStayAsTheyAre) {
  start();
  const auto answer = ask(get("/echo", "X-A: a%0d%0aX-B: b%41%\r\n"));
  EXPECT_THAT(answer.body, HasSubstr("X-A: a%0d%0aX-B: b%41%\n"));
}

TEST_F(ServerTest, FormBodyIsNotMergedIntoTheQuery) {
  start();
  const auto answer =
      ask("GET /echo?a=1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
          "\r\n");
  EXPECT_THAT(answer.body, StartsWith("GET /echo\n?a=1\n"));
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n\r\na=2")
                .status,
            415);
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\n\r\n--x")
                .status,
            415);
}

TEST_F(ServerTest, SpoofedPeerAndRangesDoNotReachHandlers) {
  start();
  const auto answer = ask(get("/echo",
                              "REMOTE_ADDR: 198.51.100.1\r\nremote_port: 1\r\n"
                              "LOCAL_ADDR: 198.51.100.2\r\nRange: bytes=0-1\r\n"
                              "Accept-Encoding: br, gzip\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, Not(HasSubstr("198.51.100")));
  EXPECT_THAT(answer.body, Not(HasSubstr("Range")));
  EXPECT_THAT(answer.body, HasSubstr("from 127.0.0.1\n"));
  EXPECT_EQ(answer.field("Content-Encoding"), "");
}

TEST_F(ServerTest, CodedBodyIsRefused) {
  start();
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")
                .status,
            415);
}

TEST_F(ServerTest, PathThatDecodesToControlBytesIsRefused) {
  start();
  for (const char* path : {"/echo%0d%0aSet-Cookie:%20a=b", "/echo%00", "/echo%7f", "/%", "/%zz"}) {
    EXPECT_EQ(ask(get(path)).status, 400) << path;
  }
}

TEST_F(ServerTest, LongPathIsJustNotFound) {
  start();
  EXPECT_EQ(ask(get("/" + std::string(8'000, 'a'))).status, 404);
}

TEST_F(ServerTest, HeadIsGetWithoutTheBody) {
  start();
  RawClient one = client();
  one.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n" + get("/echo"));
  const auto head = one.read_answer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.field("Content-Length"), "0");
  EXPECT_THAT(one.read_answer().body, StartsWith("GET /echo\n"));
}

TEST_F(ServerTest, NoContentHasNoLength) {
  start();
  RawClient one = client();
  one.send(get("/empty") + get("/echo"));
  const auto empty = one.read_answer();
  EXPECT_EQ(empty.status, 204);
  EXPECT_EQ(empty.field("Content-Length"), "");
  EXPECT_EQ(one.read_answer().status, 200);
}

TEST_F(ServerTest, ExceptionTextStaysInside) {
  start();
  const auto answer = ask(get("/throw"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.head + answer.body, Not(HasSubstr("secret of the database")));
}

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

TEST_F(ServerTest, AnswersSayWhatBecomesOfTheConnection) {
  start();
  EXPECT_EQ(ask(get("/echo")).field("Connection"), "");
  EXPECT_EQ(ask(get("/echo")).field("Keep-Alive"), "");
  EXPECT_EQ(ask(get("/echo", "Connection: x, Close\r\n")).field("Connection"), "close");
  EXPECT_EQ(ask("GET /echo HTTP/1.0\r\n\r\n").field("Connection"), "close");
  EXPECT_EQ(ask("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"),
            "keep-alive");
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
