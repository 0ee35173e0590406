// The dev provider as a server: it never starves, stops at once, and stays on this machine.
#include <future>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "providers/dev/dev_provider.h"
#include "tests/support/http_library.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using providers::dev::DevProvider;
using providers::dev::Endpoint;
using providers::dev::StandIn;

class Connection {
 public:
  explicit Connection(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send_text(const std::string& text) const {
    ASSERT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  // Until `count` times `token` came, or the end.
  [[nodiscard]] std::string read_until(const std::string& token, int count) const {
    std::string text;
    char buffer[4096];
    const auto seen = [&] {
      int times = 0;
      for (std::size_t at = 0; (at = text.find(token, at)) != std::string::npos; ++at) ++times;
      return times;
    };
    while (seen() < count) {
      const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int fd_;
};

TEST(DevServer, ManyConnectionsAtRestKeepNobodyWaiting) {
  DevProvider dev({});
  dev.start("127.0.0.1", 0);
  std::vector<std::unique_ptr<Connection>> at_rest;
  at_rest.reserve(200);
  for (int i = 0; i < 200; ++i) at_rest.push_back(std::make_unique<Connection>(dev.port()));
  httplib::Client client(dev.base_url());
  const auto answer = client.Get("/_control/requests");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(DevServer, RequestsSentTogetherAreAnsweredInOrder) {
  DevProvider dev({});
  dev.start("127.0.0.1", 0);
  const Connection connection(dev.port());
  connection.send_text(
      "POST /_control/approve HTTP/1.1\r\nHost: x\r\nContent-Length: 16\r\n\r\n{\"person\":\"ada\"}"
      "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string text = connection.read_until("HTTP/1.1 ", 2);
  EXPECT_LT(text.find("HTTP/1.1 200"), text.find("HTTP/1.1 404"));
}

// As `curl -X POST` sends it.
TEST(DevServer, APostWithoutALengthHasNoBody) {
  DevProvider dev({});
  dev.start("127.0.0.1", 0);
  const Connection connection(dev.port());
  connection.send_text("POST /_control/reset HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(connection.read_until("ok", 1), testing::StartsWith("HTTP/1.1 200"));
}

TEST(DevServer, StopCutsIdleConnectionsAndSlowAnswersOff) {
  DevProvider dev({});
  dev.start("127.0.0.1", 0);
  const Connection idle(dev.port());
  dev.script_fault(StandIn::github, "slow", 1, std::chrono::minutes(2));
  auto slow = std::async(std::launch::async, [&] {
    httplib::Client client(dev.base_url());
    client.set_read_timeout(60);
    return static_cast<bool>(client.Post("/github/login/oauth/access_token"));
  });
  while (dev.requests(StandIn::github, Endpoint::token) == 0) std::this_thread::yield();
  dev.stop();  // would take two minutes otherwise, and the test a time-out
  slow.get();
  EXPECT_THROW(Connection(dev.port()), std::runtime_error);
}

TEST(DevServer, StaysOnThisMachineUnlessAskedTo) {
  for (const char* host : {"0.0.0.0", "::", "192.0.2.1", "example.com"}) {
    DevProvider dev({});
    EXPECT_THROW(dev.start(host, 0), std::runtime_error) << host;
  }
  DevProvider dev({.public_url = "http://dev.test", .allow_non_loopback = true});
  dev.start("0.0.0.0", 0);
  EXPECT_GT(dev.port(), 0);
  EXPECT_EQ(dev.base_url(), "http://dev.test");
}

TEST(DevServer, APortInUseIsToldAndNotShared) {
  DevProvider first({});
  first.start("127.0.0.1", 0);
  DevProvider second({});
  EXPECT_THROW(second.start("127.0.0.1", first.port()), std::runtime_error);
}

TEST(DevServer, AnswersManySignInsAtOnce) {
  make_http_tables();
  DevProvider dev({});
  dev.start("127.0.0.1", 0);
  dev.approve("fresh");
  std::atomic<int> codes = 0;
  in_parallel(16, [&](int) {
    httplib::Client client(dev.base_url());
    client.set_keep_alive(true);
    for (int i = 0; i < 20; ++i) {
      const auto answer = client.Get(
          "/github/login/oauth/authorize?client_id=a&redirect_uri=http%3A%2F%2Flocalhost%2F");
      if (answer && answer->status == 302) ++codes;
    }
  });
  EXPECT_EQ(codes, 320);
  EXPECT_EQ(dev.requests(StandIn::github, Endpoint::authorize), 320U);
}

TEST(DevServer, AnOversizedPathOrBodyIsRefused) {
  DevProvider dev({});
  dev.start("127.0.0.1", 0);
  httplib::Client client(dev.base_url());
  EXPECT_EQ(client.Get('/' + std::string(5000, 'a'))->status, 414);
  EXPECT_EQ(client.Post("/_control/people", std::string(100'000, ' '), "application/json")->status,
            413);
}

}  // namespace
}  // namespace latchkey::test
