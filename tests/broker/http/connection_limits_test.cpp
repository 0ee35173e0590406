// What slow, silent, greedy and numerous clients get. Limits are short here, or so long that a test
// which depends on them would be seen to hang.
#include <deque>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "tests/broker/http/loop_under_test.h"

namespace latchkey::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kGetLater = "GET /later HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kSlowHead = "GET /now HTTP/1.1\r\nHost: a\r\n";
constexpr std::string_view kSlowBody =
    "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nbo";

void expect_service(const LoopUnderTest& loop) {
  RawClient client = loop.client();
  client.send(kGet);
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(ConnectionLimits, SlowHeadIsCutAtTheDeadline) {
  const LoopUnderTest loop({.head_time = 50ms});
  RawClient client = loop.client();
  client.send(kSlowHead);
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.at_end());
}

TEST(ConnectionLimits, ByteNowAndThenProlongsNothing) {
  const LoopUnderTest loop({.head_time = 100ms, .linger_time = 50ms});
  RawClient client = loop.client();
  client.send(kSlowHead);
  const auto started = std::chrono::steady_clock::now();
  // Each byte comes well within the head's time, all together never end.
  while (client.send_what_fits("X") == 1 && std::chrono::steady_clock::now() - started < 10s) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - started, 10s);
}

TEST(ConnectionLimits, SlowBodyIsCutAtTheDeadline) {
  LoopUnderTest loop({.body_time = 50ms});
  RawClient client = loop.client();
  client.send(kSlowBody);
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(loop.sink.requests().empty());
}

TEST(ConnectionLimits, IdleConnectionIsClosedSilently) {
  const LoopUnderTest loop({.idle_time = 50ms});
  RawClient fresh = loop.client();
  EXPECT_TRUE(fresh.at_end());
  RawClient used = loop.client();
  used.send(kGet);
  EXPECT_EQ(used.read_answer().status, 200);
  EXPECT_TRUE(used.at_end());
}

TEST(ConnectionLimits, NoDeadlineEndsARequestThatIsBeingAnswered) {
  LoopUnderTest loop({.idle_time = 20ms, .head_time = 20ms, .body_time = 20ms});
  RawClient client = loop.client();
  client.send(kGetLater);
  const auto ticket = loop.sink.next_ticket();
  RawClient idle = loop.client();
  EXPECT_TRUE(idle.at_end());  // all those times are over
  ticket.answer(plain_answer("late"));
  EXPECT_EQ(client.read_answer().body, "late");
}

TEST(ConnectionLimits, ClientThatDoesNotReadIsCutAtTheDeadline) {
  LoopUnderTest loop({.write_time = 50ms});
  RawClient client = loop.client();
  client.send("GET /now/50000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  client.send(kGetLater);  // never served: the answer before it does not leave
  RawClient other = loop.client();
  other.send(kGetLater);
  const auto ticket = loop.sink.next_ticket();
  while (client.send_what_fits("x") == 1) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(ticket.abandoned());
  ticket.answer(plain_answer("late"));
  EXPECT_EQ(other.read_answer().status, 200);
  EXPECT_EQ(loop.sink.requests().size(), 2U);
}

TEST(ConnectionLimits, LingeringEnds) {
  const LoopUnderTest loop({.linger_time = 50ms});
  RawClient client = loop.client();
  client.send("nonsense\r\n");
  EXPECT_EQ(client.read_answer().status, 400);
  // The client neither reads on nor closes.
  while (client.send_what_fits("x") == 1) std::this_thread::sleep_for(1ms);
}

TEST(ConnectionLimits, EndlessInputBehindARefusedRequestIsNotListenedTo) {
  const LoopUnderTest loop({.linger_time = std::chrono::hours(1)});
  RawClient client = loop.client();
  client.send("nonsense\r\n");
  const std::string more(100'000, 'x');
  for (int i = 0; i < 1000; ++i) client.send(more);  // returns early once the server has closed
  EXPECT_EQ(client.send_what_fits(more), 0U);
}

TEST(ConnectionLimits, FiveHundredSlowClientsDelayNobody) {
  const LoopUnderTest loop;
  std::deque<RawClient> slow;
  for (int i = 0; i < 500; ++i) {
    slow.push_back(loop.client());
    slow.back().send(i % 2 == 0 ? kSlowHead : kSlowBody);
  }
  RawClient client = loop.client();
  for (int i = 0; i < 100; ++i) {
    client.send(kGet);
    ASSERT_EQ(client.read_answer().status, 200);
    for (const RawClient& other : slow) other.send("x");
  }
}

TEST(ConnectionLimits, IdleConnectionsHoldNoBuffers) {
  constexpr std::size_t kClients = 1000;
  constexpr std::size_t kBytesEach = 1024;  // for both ends
  broker::http::raise_descriptor_limit();
  LoopUnderTest loop;
  const std::string body(60'000, 'b');
  const std::string head = "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n";
  const std::size_t before = ::mallinfo2().uordblks;
  std::deque<RawClient> idle;
  for (std::size_t i = 0; i < kClients; ++i) {
    idle.push_back(loop.client());
    idle.back().send(head + body);
    loop.sink.next_ticket().answer(plain_answer(body));
    ASSERT_EQ(idle.back().read_answer().body.size(), body.size());
  }
  loop.sink.forget();
  EXPECT_LT(::mallinfo2().uordblks - before, kClients * kBytesEach);
  for (RawClient& client : idle) {
    client.send(kGet);
    ASSERT_EQ(client.read_answer().status, 200);
  }
}

TEST(ConnectionLimits, FullHouseMakesRoomByEndingTheOldestIdleConnection) {
  const LoopUnderTest loop({.max_connections = 3});
  std::deque<RawClient> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(loop.client());
    clients.back().send(kGet);
    EXPECT_EQ(clients.back().read_answer().status, 200);
  }
  expect_service(loop);
  EXPECT_TRUE(clients[0].at_end());
  clients[2].send(kGet);
  EXPECT_EQ(clients[2].read_answer().status, 200);
}

TEST(ConnectionLimits, FullHouseOfBusyConnectionsTurnsAway) {
  LoopUnderTest loop({.max_connections = 2});
  std::deque<RawClient> busy;
  for (int i = 0; i < 2; ++i) {
    busy.push_back(loop.client());
    busy.back().send(kGetLater);
  }
  const auto first = loop.sink.next_ticket();
  const auto second = loop.sink.next_ticket();
  RawClient turned_away = loop.client();
  EXPECT_EQ(turned_away.read_answer().status, 503);
  EXPECT_TRUE(turned_away.at_end());
  first.answer(plain_answer("1"));
  second.answer(plain_answer("2"));
  EXPECT_EQ(busy[0].read_answer().status, 200);
  expect_service(loop);
}

TEST(ConnectionLimits, UnfinishedRequestsTogetherAreBounded) {
  const LoopUnderTest loop({.max_buffered = 100'000});
  std::deque<RawClient> greedy;
  const std::string head = "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n";
  for (int i = 0; i < 10; ++i) {
    greedy.push_back(loop.client());
    greedy.back().send(head + std::string(30'000, 'b'));
    expect_service(loop);
  }
  int closed = 0;
  for (RawClient& client : greedy) {
    client.send(std::string(30'000, 'b'));
    closed += client.read_answer().status == 0 ? 1 : 0;
  }
  EXPECT_GE(closed, 5);
  EXPECT_LT(closed, 10);
}

TEST(ConnectionLimits, WhoHoldsMostMakesRoomForTheOthers) {
  constexpr std::size_t kMost = 100'000;
  const LoopUnderTest loop({.max_buffered = kMost});
  const auto part_of = [](std::size_t size) {
    return "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" +
           std::string(size, 'b');
  };
  // Together nearly all there is, the first of them the most.
  std::deque<RawClient> holders;
  for (const std::size_t size : {std::size_t{50'000}, std::size_t{20'000}, std::size_t{20'000}}) {
    holders.push_back(loop.client());
    holders.back().send(part_of(size));
    expect_service(loop);
  }
  RawClient small = loop.client();
  small.send(part_of(10'000));  // one too many, and yet it is not the one to go
  EXPECT_TRUE(holders[0].at_end());
  holders.pop_front();
  small.send(std::string(50'000, 'b'));
  EXPECT_EQ(small.read_answer().status, 200);
  for (RawClient& holder : holders) {
    holder.send(std::string(40'000, 'b'));
    EXPECT_EQ(holder.read_answer().status, 200);
  }
}

TEST(ConnectionLimits, UnreadAnswersCountAsHeld) {
  const LoopUnderTest loop({.max_buffered = 10'000'000});
  RawClient greedy = loop.client();
  greedy.send("GET /now/50000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(greedy.read_answer().status, 0);
  expect_service(loop);
}

}  // namespace
}  // namespace latchkey::test
