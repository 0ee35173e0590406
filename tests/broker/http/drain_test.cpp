// How the connection loop ends: requests at hand are answered, everything else is let go.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/http/loop_under_test.h"

namespace latchkey::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kGetLater = "GET /later HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Drain, RequestInFlightIsAnsweredAndItsConnectionClosed) {
  LoopUnderTest loop;
  RawClient client = loop.client();
  client.send(kGetLater);
  const auto ticket = loop.sink.next_ticket();
  RawClient idle = loop.client();
  idle.send(kGet);
  EXPECT_EQ(idle.read_answer().status, 200);
  loop.stop();
  EXPECT_TRUE(idle.at_end());
  ticket.answer(plain_answer("in time"));
  EXPECT_EQ(client.read_answer().body, "in time");
  EXPECT_TRUE(client.at_end());
  loop.join();
}

TEST(Drain, NobodyConnectsAnyMore) {
  LoopUnderTest loop;
  RawClient client = loop.client();
  client.send(kGetLater);
  const auto ticket = loop.sink.next_ticket();
  RawClient idle = loop.client();
  loop.stop();
  EXPECT_TRUE(idle.at_end());
  EXPECT_THROW(static_cast<void>(loop.client()), std::runtime_error);
  ticket.answer(plain_answer("in time"));
}

TEST(Drain, RequestThatWasBeingReadIsStillServed) {
  LoopUnderTest loop;
  RawClient client = loop.client();
  client.send(kGet);
  EXPECT_EQ(client.read_answer().status, 200);
  client.send("GET /now HTT");
  RawClient idle = loop.client();
  idle.send(kGet);
  EXPECT_EQ(idle.read_answer().status, 200);  // so the half request has arrived, too
  loop.stop();
  EXPECT_TRUE(idle.at_end());
  client.send("P/1.1\r\nHost: a\r\n\r\n");
  const auto answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.at_end());
}

TEST(Drain, PipelinedRequestsBehindTheOneInFlightAreLetGo) {
  LoopUnderTest loop;
  RawClient client = loop.client();
  client.send(std::string(kGetLater) + std::string(kGet));
  const auto ticket = loop.sink.next_ticket();
  RawClient idle = loop.client();
  loop.stop();
  EXPECT_TRUE(idle.at_end());
  ticket.answer(plain_answer("in time"));
  EXPECT_EQ(client.read_answer().body, "in time");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(loop.sink.requests().size(), 1U);
}

TEST(Drain, AnswerThatNeverComesDoesNotHoldItUp) {
  LoopUnderTest loop({.drain_time = 50ms});
  RawClient client = loop.client();
  client.send(kGetLater);
  const auto ticket = loop.sink.next_ticket();
  loop.stop();
  loop.join();
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(ticket.abandoned());
  ticket.answer(plain_answer("too late"));
}

TEST(Drain, StopBeforeTheStartIsRemembered) {
  const SystemClock clock;
  broker::http::Listener listener("127.0.0.1:0");
  broker::http::ConnectionLoop loop({}, clock);
  TalkingSink sink;
  loop.stop();
  loop.run(listener, sink);
  EXPECT_LT(listener.descriptor(), 0);
}

}  // namespace
}  // namespace latchkey::test
