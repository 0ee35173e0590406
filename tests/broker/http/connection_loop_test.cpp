#include "broker/http/connection_loop.h"

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/http/loop_under_test.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;

std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string post(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

class ConnectionLoopTest : public testing::Test {
 protected:
  LoopUnderTest loop_;
  RawClient client_ = loop_.client();
};

TEST_F(ConnectionLoopTest, AnswersAndKeepsTheConnection) {
  for (const char* target : {"/now", "/now?again"}) {
    client_.send(get(target));
    EXPECT_EQ(client_.read_answer().body, std::string("GET ") + target);
  }
}

TEST_F(ConnectionLoopTest, BodyIsHandedOnWhole) {
  const std::string body(60'000, 'b');
  client_.send(post("/now", body));
  EXPECT_EQ(client_.read_answer().body, "POST /now " + body);
}

TEST_F(ConnectionLoopTest, ByteByByteIsTheSameRequest) {
  for (const char byte : post("/now", "a body")) client_.send({&byte, 1});
  EXPECT_EQ(client_.read_answer().body, "POST /now a body");
  EXPECT_THAT(loop_.sink.requests(), ElementsAre("POST /now a body"));
}

TEST_F(ConnectionLoopTest, PipelinedRequestsAreAnsweredInOrder) {
  client_.send(get("/now/1") + get("/later/2") + post("/now", "3") + get("/later/4") +
               get("/now/5"));
  EXPECT_EQ(client_.read_answer().body, "x");
  const auto second = loop_.sink.next_ticket();
  // One at a time: what stands behind a request that waits is not even looked at.
  EXPECT_THAT(loop_.sink.requests(), ElementsAre("GET /now/1", "GET /later/2"));
  second.answer(plain_answer("two"));
  EXPECT_EQ(client_.read_answer().body, "two");
  EXPECT_EQ(client_.read_answer().body, "POST /now 3");
  loop_.sink.next_ticket().answer(plain_answer("four"));
  EXPECT_EQ(client_.read_answer().body, "four");
  EXPECT_EQ(client_.read_answer().body, "xxxxx");
}

TEST_F(ConnectionLoopTest, AThousandPipelinedRequestsAreAnswered) {
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += get("/now?" + std::to_string(i));
  client_.send(requests);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(client_.read_answer().body, "GET /now?" + std::to_string(i));
  }
}

TEST_F(ConnectionLoopTest, SmuggledRequestBehindARefusedOneNeverRuns) {
  for (const std::string& refused : {
           std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 44\r\n"),
           std::string("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
                       "Transfer-Encoding: chunked\r\n"),
           std::string("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n"),
           std::string("GET / HTTP/1.1\nHost: a\n"),
       }) {
    RawClient client = loop_.client();
    client.send(refused + "\r\n" + get("/now/smuggled"));
    const auto answer = client.read_answer();
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_THAT(loop_.sink.requests(), ElementsAre());
}

TEST_F(ConnectionLoopTest, EachFaultHasItsStatus) {
  const std::pair<std::string, int> faults[] = {
      {post("/now", std::string(70'000, 'b')), 413},
      {get("/" + std::string(9'000, 'a')), 414},
      {get("/now", "X: " + std::string(17'000, 'a') + "\r\n"), 431},
      {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {get("/busy"), 503},
      {std::string("\x16\x03\x01\x02\r\n"), 400},  // TLS
  };
  for (const auto& [request, status] : faults) {
    RawClient client = loop_.client();
    client.send(request);
    // The client has sent more than was read, and still gets the answer.
    EXPECT_EQ(client.read_answer().status, status);
    EXPECT_TRUE(client.at_end());
  }
}

TEST_F(ConnectionLoopTest, HalfClosedClientGetsItsAnswer) {
  client_.send(get("/later"));
  client_.shut_down_sending();
  loop_.sink.next_ticket().answer(plain_answer("late"));
  EXPECT_EQ(client_.read_answer().body, "late");
  EXPECT_TRUE(client_.at_end());
}

TEST_F(ConnectionLoopTest, HalfClosedClientGetsAllPipelinedAnswers) {
  client_.send(get("/now/1") + get("/later") + get("/now/3"));
  client_.shut_down_sending();
  loop_.sink.next_ticket().answer(plain_answer("late"));
  EXPECT_EQ(client_.read_answer().body, "x");
  EXPECT_EQ(client_.read_answer().body, "late");
  EXPECT_EQ(client_.read_answer().body, "xxx");
  EXPECT_TRUE(client_.at_end());
}

TEST_F(ConnectionLoopTest, ClientThatGivesUpInARequestIsForgotten) {
  client_.send("GET /now HTTP/1.1\r\nHo");
  client_.shut_down_sending();
  EXPECT_TRUE(client_.at_end());
  EXPECT_THAT(loop_.sink.requests(), ElementsAre());
}

TEST_F(ConnectionLoopTest, ExpectIsAnsweredBeforeTheBody) {
  client_.send(
      "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client_.read_answer().status, 100);
  client_.send("body");
  EXPECT_EQ(client_.read_answer().body, "POST /now body");
}

TEST_F(ConnectionLoopTest, ExpectWithTheBodyAtOnceIsJustAnswered) {
  client_.send(
      "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody");
  EXPECT_EQ(client_.read_answer().body, "POST /now body");
}

TEST_F(ConnectionLoopTest, ExpectOfABodyTooLargeIsRefusedUnread) {
  client_.send(
      "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client_.read_answer().status, 413);
  EXPECT_TRUE(client_.at_end());
}

TEST_F(ConnectionLoopTest, ConnectionCloseIsObeyed) {
  client_.send(get("/now", "Connection: x, CLOSE\r\n") + get("/now/2"));
  EXPECT_EQ(client_.read_answer().field("Connection"), "close");
  EXPECT_TRUE(client_.at_end());
  EXPECT_THAT(loop_.sink.requests(), ElementsAre("GET /now"));
}

TEST_F(ConnectionLoopTest, WhoAnswersMayCloseTheConnection) {
  client_.send(get("/later"));
  loop_.sink.next_ticket().answer(plain_answer("bye", false), true);
  EXPECT_EQ(client_.read_answer().body, "bye");
  EXPECT_TRUE(client_.at_end());
}

TEST_F(ConnectionLoopTest, OldClientsAreClosedUnlessTheyAsk) {
  client_.send("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client_.read_answer().status, 200);
  client_.send("GET /now HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client_.read_answer().status, 200);
  EXPECT_TRUE(client_.at_end());
}

TEST_F(ConnectionLoopTest, ClientThatGoesAwayAbandonsItsRequest) {
  client_.send(get("/later"));
  const auto ticket = loop_.sink.next_ticket();
  EXPECT_FALSE(ticket.abandoned());
  client_.reset();
  while (!ticket.abandoned()) std::this_thread::yield();
  ticket.answer(plain_answer("nobody"));
  RawClient other = loop_.client();
  other.send(get("/now/3"));
  EXPECT_EQ(other.read_answer().body, "xxx");
}

TEST_F(ConnectionLoopTest, LateAnswerNeverReachesTheNextConnectionOfTheSlot) {
  client_.send(get("/later"));
  const auto stale = loop_.sink.next_ticket();
  client_.reset();
  while (!stale.abandoned()) std::this_thread::yield();
  RawClient other = loop_.client();
  other.send(get("/later"));
  const auto fresh = loop_.sink.next_ticket();
  stale.answer(plain_answer("of somebody else"));
  fresh.answer(plain_answer("mine"));
  EXPECT_EQ(other.read_answer().body, "mine");
}

TEST_F(ConnectionLoopTest, SecondAnswerToARequestIsDropped) {
  client_.send(get("/later"));
  const auto ticket = loop_.sink.next_ticket();
  ticket.answer(plain_answer("first"));
  ticket.answer(plain_answer("second"));
  EXPECT_EQ(client_.read_answer().body, "first");
  client_.send(get("/now/1"));
  EXPECT_EQ(client_.read_answer().body, "x");
}

TEST_F(ConnectionLoopTest, LargeAnswersArriveWhole) {
  client_.send(get("/now/20000000"));
  EXPECT_EQ(client_.read_answer().body.size(), 20'000'000U);
  client_.send(get("/now/1"));
  EXPECT_EQ(client_.read_answer().body, "x");
}

TEST_F(ConnectionLoopTest, PipelinedLargeAnswersArriveInOrder) {
  client_.send(get("/now/5000000") + get("/later") + get("/now/5000001") + get("/now/2"));
  EXPECT_EQ(client_.read_answer().body.size(), 5'000'000U);
  loop_.sink.next_ticket().answer(plain_answer(std::string(5'000'002, 'y')));
  EXPECT_EQ(client_.read_answer().body.size(), 5'000'002U);
  EXPECT_EQ(client_.read_answer().body.size(), 5'000'001U);
  EXPECT_EQ(client_.read_answer().body, "xx");
}

}  // namespace
}  // namespace latchkey::test
