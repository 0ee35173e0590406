// What a handler gets to see of a request, and a client of its answer, through the library.
#include "broker/http/library_bridge.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/broker/http/server_under_test.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class LibraryBridgeTest : public ServerTest {
 protected:
  LibraryBridgeTest() { start(); }
};

TEST_F(LibraryBridgeTest, HandlerSeesTheRequestAsItWasSent) {
  const auto answer =
      ask("POST /ec%68o/?a=b%20c&d=e?f HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
          "X-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, StartsWith("POST /echo/\n?a=b c\n?d=e?f\n"));
  EXPECT_THAT(answer.body, HasSubstr("X-Twice: 1\nX-Twice: 2\n"));
  EXPECT_THAT(answer.body, testing::EndsWith("from 127.0.0.1\n{}"));
}

TEST_F(LibraryBridgeTest, EscapesInHeaderValuesStayAsTheyAre) {
  const auto answer = ask(get("/echo", "X-A: a%0d%0aX-B: b%41%\r\n"));
  EXPECT_THAT(answer.body, HasSubstr("X-A: a%0d%0aX-B: b%41%\n"));
}

TEST_F(LibraryBridgeTest, FormBodyIsNotMergedIntoTheQuery) {
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

TEST_F(LibraryBridgeTest, SpoofedPeerAndRangesDoNotReachHandlers) {
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

TEST_F(LibraryBridgeTest, CodedBodyIsRefused) {
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}")
                .status,
            415);
}

TEST_F(LibraryBridgeTest, PathThatDecodesToControlBytesIsRefused) {
  for (const char* path : {"/echo%0d%0aSet-Cookie:%20a=b", "/echo%00", "/echo%7f", "/%", "/%zz"}) {
    EXPECT_EQ(ask(get(path)).status, 400) << path;
  }
}

TEST_F(LibraryBridgeTest, EncodedSlashIsRefusedAndOtherEscapesAreEquivalent) {
  for (const char* path : {"/echo%2f", "/%2Fecho", "/echo%2F?a=b", "/nowhere%2fecho"}) {
    EXPECT_EQ(ask(get(path)).status, 400) << path;
  }
  EXPECT_EQ(ask(get("/%65cho?a=%2f")).status, 200);
}

TEST_F(LibraryBridgeTest, CookiesOfTwoFieldsReachTheHandlerInOrder) {
  EXPECT_THAT(ask(get("/echo", "Cookie: a=1\r\ncookie: b=2\r\n")).body,
              HasSubstr("Cookie: a=1\ncookie: b=2\n"));
}

TEST_F(LibraryBridgeTest, LongPathIsJustNotFound) {
  EXPECT_EQ(ask(get("/" + std::string(8'000, 'a'))).status, 404);
}

TEST_F(LibraryBridgeTest, HeadIsGetWithoutTheBody) {
  RawClient one = client();
  one.send("HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n" + get("/echo"));
  const auto head = one.read_answer(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.field("Content-Length"), "0");
  EXPECT_THAT(one.read_answer().body, StartsWith("GET /echo\n"));
}

TEST_F(LibraryBridgeTest, NoContentHasNoLength) {
  RawClient one = client();
  one.send(get("/empty") + get("/echo"));
  const auto empty = one.read_answer();
  EXPECT_EQ(empty.status, 204);
  EXPECT_EQ(empty.field("Content-Length"), "");
  EXPECT_EQ(one.read_answer().status, 200);
}

TEST_F(LibraryBridgeTest, ExceptionTextStaysInside) {
  const auto answer = ask(get("/throw"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.head + answer.body, Not(HasSubstr("secret of the database")));
}

TEST_F(LibraryBridgeTest, EveryAnswerHasOneDate) {
  for (const std::string& request :
       {get("/echo"), get("/empty"), get("/throw"), get("/nowhere"), std::string("nonsense\r\n")}) {
    const std::string head = ask(request).head;
    const auto date = head.find("\r\nDate: ");
    ASSERT_NE(date, head.npos) << request;
    EXPECT_EQ(head.find("\r\nDate: ", date + 1), head.npos) << request;
  }
}

TEST_F(LibraryBridgeTest, AnswersSayWhatBecomesOfTheConnection) {
  EXPECT_EQ(ask(get("/echo")).field("Connection"), "");
  EXPECT_EQ(ask(get("/echo")).field("Keep-Alive"), "");
  EXPECT_EQ(ask(get("/echo", "Connection: x, Close\r\n")).field("Connection"), "close");
  EXPECT_EQ(ask("GET /echo HTTP/1.0\r\n\r\n").field("Connection"), "close");
  EXPECT_EQ(ask("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"),
            "keep-alive");
}

}  // namespace
}  // namespace latchkey::test
