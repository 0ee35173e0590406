#include "broker/http/framing.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

using namespace std::literals;
using Verdict = Framing::Verdict;

constexpr std::string_view kHost = "Host: localhost\r\n";

std::string request(std::string_view line, std::string_view fields = "") {
  return std::string(line) + "\r\n" + std::string(kHost) + std::string(fields) + "\r\n";
}

std::string post_with(std::string_view fields) { return request("POST /p HTTP/1.1", fields); }
std::string get_with(std::string_view fields) { return request("GET /p HTTP/1.1", fields); }

void expect_refused(const std::string& input, ErrorCode fault = ErrorCode::malformed_request) {
  RequestHead head;
  const Framing framing = frame(input, head);
  EXPECT_EQ(framing.verdict, Verdict::refused) << testing::PrintToString(input);
  EXPECT_EQ(describe(framing.fault).code, describe(fault).code) << testing::PrintToString(input);
}

// The head, framed and accepted; its views point into `input`.
RequestHead accepted(const std::string& input) {
  RequestHead head;
  EXPECT_EQ(frame(input, head).verdict, Verdict::complete) << testing::PrintToString(input);
  return head;
}

TEST(Framing, FindsTheRequestAtTheStart) {
  const std::string input = post_with("Content-Length: 4\r\nX-A:  b c\t \r\n") + "bodyGET / HTTP";
  const RequestHead head = accepted(input);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/p");
  EXPECT_EQ(head.content_length, 4U);
  EXPECT_EQ(input.substr(head.size, 4), "body");
  EXPECT_EQ(head.fields().size(), 3U);
  EXPECT_EQ(head.field("x-a"), "b c");
  EXPECT_EQ(head.field("x-b"), std::nullopt);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_FALSE(head.expects_continue);
}

TEST(Framing, AcceptsWhatClientsSend) {
  for (const std::string& input : {
           request("GET /?a=b?c&d=%20|{}\"<>^`\\ HTTP/1.1"),
           request("OPTIONS * HTTP/1.1"),
           request("DELETE /x HTTP/1.1", "Content-Length: 2\r\n"),
           request("GET / HTTP/1.1", "Content-Length: 0\r\n"),
           request("POST / HTTP/1.1"),
           request("POST / HTTP/1.1", "Content-Length: 0004\r\n"),
           request("GET / HTTP/1.1", "Empty:\r\nX-Latin: caf\xe9\r\n!#$%&'*+-.^_`|~: token\r\n"),
           std::string("GET / HTTP/1.0\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nhOST:[::1]:8080\r\n\r\n"),
       }) {
    accepted(input);
  }
}

TEST(Framing, EveryPrefixOfAGoodRequestIsIncomplete) {
  const std::string input =
      post_with("Content-Length: 12\r\nExpect: 100-continue\r\nConnection: a, close\r\n");
  RequestHead head;
  for (std::size_t size = 0; size < input.size(); ++size) {
    EXPECT_EQ(frame(input.substr(0, size), head).verdict, Verdict::incomplete) << size;
  }
  EXPECT_EQ(frame(input, head).verdict, Verdict::complete);
}

TEST(Framing, AHeadUsedAgainRemembersNothing) {
  RequestHead head;
  const std::string first = post_with("Content-Length: 5\r\nExpect: 100-continue\r\nA: b\r\n");
  ASSERT_EQ(frame(first, head).verdict, Verdict::complete);
  const std::string second = get_with("");
  ASSERT_EQ(frame(second, head).verdict, Verdict::complete);
  EXPECT_EQ(head.content_length, 0U);
  EXPECT_FALSE(head.expects_continue);
  EXPECT_EQ(head.fields().size(), 1U);
  EXPECT_EQ(head.field("A"), std::nullopt);
}

TEST(FramingAttack, TwoContentLengthsAreRefused) {
  expect_refused(post_with("Content-Length: 5\r\nContent-Length: 6\r\n"));
  expect_refused(post_with("Content-Length: 5\r\ncontent-length: 5\r\n"));
  expect_refused(post_with("Content-Length: 5, 5\r\n"));
}

TEST(FramingAttack, ContentLengthWithTransferEncodingIsRefused) {
  expect_refused(post_with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"));
  expect_refused(post_with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"));
}

TEST(FramingAttack, TransferEncodingInAnyFormIsRefused) {
  for (const char* value : {"chunked", "CHUNKED", "xchunked", "identity", "gzip, chunked", ""}) {
    expect_refused(post_with("Transfer-Encoding: " + std::string(value) + "\r\n"));
  }
  expect_refused(post_with("tRANSFER-eNCODING:\tchunked\r\n"));
  expect_refused(get_with("Transfer-Encoding: chunked\r\n"));
}

TEST(FramingAttack, LengthThatIsNoNumberIsRefused) {
  for (const char* value :
       {"", "abc", "+5", "-5", "0x5", "5a", "5 5", "5.0", "1e1", "\"5\"", "\xb2", "5\t6"}) {
    expect_refused(post_with("Content-Length: " + std::string(value) + "\r\n"));
  }
}

TEST(FramingAttack, PlusSignInContentLengthIsRefused) {
  expect_refused(post_with("Content-Length: +5\r\n"));
}

TEST(FramingAttack, LengthThatOverflowsIsTooLarge) {
  expect_refused(post_with("Content-Length: 65537\r\n"), ErrorCode::body_too_large);
  expect_refused(post_with("Content-Length: 18446744073709551621\r\n"), ErrorCode::body_too_large);
  EXPECT_EQ(accepted(post_with("Content-Length: 65536\r\n")).content_length, kMaxBody);
}

TEST(FramingAttack, BodyOnGetIsRefused) {
  expect_refused(get_with("Content-Length: 1\r\n"));
  expect_refused(request("HEAD / HTTP/1.1", "Content-Length: 1\r\n"));
}

TEST(FramingAttack, BareLfIsRefused) {
  expect_refused("GET / HTTP/1.1\nHost: a\r\n\r\n");
  expect_refused("GET / HTTP/1.1\r\nHost: a\n\r\n");
  expect_refused("GET / HTTP/1.1\r\nHost: a\r\n\n");
  expect_refused("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST(FramingAttack, BareCrIsRefused) {
  expect_refused("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n");
  expect_refused(get_with("X: a\rb\r\n"));
  expect_refused(get_with("X: a\r\r\n"));
  expect_refused(get_with("\rX: a\r\n"));
}

TEST(FramingAttack, ObsFoldIsRefused) {
  expect_refused(get_with("X: a\r\n b\r\n"));
  expect_refused(get_with("X: a\r\n\tb\r\n"));
  expect_refused("GET / HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n");
  expect_refused(post_with("Content-Length:\r\n 5\r\n"));
}

TEST(FramingAttack, SpaceAroundFieldNameIsRefused) {
  expect_refused(post_with("Content-Length : 5\r\n"));
  expect_refused(post_with("Transfer-Encoding : chunked\r\n"));
  expect_refused(post_with("X\t: 5\r\n"));
}

TEST(FramingAttack, NulInHeaderIsRefused) {
  expect_refused(get_with("X: a\0b\r\n"sv));
  expect_refused(get_with("X\0: ab\r\n"sv));
  expect_refused("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"s);
}

TEST(FramingAttack, ControlBytesAreRefused) {
  for (char c = 1; c < 0x20; ++c) {
    if (c == '\t') continue;
    expect_refused(get_with("X: a" + std::string(1, c) + "b\r\n"));
  }
  expect_refused(get_with("X: a\x7f\r\n"));
  expect_refused(request("GET /\x01 HTTP/1.1"));
  expect_refused(request("GET /\t HTTP/1.1"));
}

TEST(FramingAttack, FieldThatIsNoTokenIsRefused) {
  for (const char* line : {": a", "X", "X y: a", "X(: a", "\xe9: a", "\"X\": a", "X/: a"}) {
    expect_refused(get_with(std::string(line) + "\r\n"));
  }
}

TEST(FramingAttack, HostMissingTwiceOrOddIsRefused) {
  expect_refused("GET / HTTP/1.1\r\n\r\n");
  expect_refused(get_with("Host: localhost\r\n"));
  expect_refused("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
  for (const char* host : {"a b", "a/b", "a@b", "a\\b", "a,\"b", "a?b", "a#b", "a\xe9"}) {
    expect_refused("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
  }
}

TEST(FramingAttack, RequestLineOfAnotherShapeIsRefused) {
  for (const char* line :
       {"", " ", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
        "GET / / HTTP/1.1", "GET\t/\tHTTP/1.1", "GET / HTTP/1.1x", "GET / http/1.1",
        "GET / HTTP/1.2", "GET / HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/1.01", "G(T / HTTP/1.1",
        " / HTTP/1.1", "PRI * HTTP/2.0"}) {
    expect_refused(request(line));
  }
}

TEST(FramingAttack, TargetOfAnotherFormIsRefused) {
  for (const char* target :
       {"http://localhost/", "localhost:80", "*", "x", "?a=b", "/a#b", "/\xc3\xa9", "\\"}) {
    expect_refused(request("GET " + std::string(target) + " HTTP/1.1"));
  }
}

TEST(Framing, UnknownMethodsAreNotImplemented) {
  for (const char* method : {"TRACE", "CONNECT", "PROPFIND", "get", "GETT"}) {
    expect_refused(request(std::string(method) + " / HTTP/1.1"), ErrorCode::not_implemented);
  }
}

TEST(Framing, LimitsAreExact) {
  const std::string line_rest = "GET / HTTP/1.1\r\n";
  const std::string fits(kMaxRequestLine - line_rest.size(), 'a');
  accepted(request("GET /" + fits + " HTTP/1.1"));
  expect_refused(request("GET /a" + fits + " HTTP/1.1"), ErrorCode::uri_too_long);
  expect_refused(std::string(kMaxRequestLine + 1, 'a'), ErrorCode::uri_too_long);

  const std::size_t bare = get_with("X: \r\n").size();
  const std::string value(kMaxHead - bare, 'v');
  EXPECT_EQ(accepted(get_with("X: " + value + "\r\n")).size, kMaxHead);
  expect_refused(get_with("X: v" + value + "\r\n"), ErrorCode::headers_too_large);
  expect_refused("GET / HTTP/1.1\r\nX: " + std::string(kMaxHead, 'v'),
                 ErrorCode::headers_too_large);

  std::string fields;
  for (std::size_t i = 1; i < kMaxFields; ++i) fields += "X: y\r\n";
  EXPECT_EQ(accepted(get_with(fields)).fields().size(), kMaxFields);
  expect_refused(get_with(fields + "X: y\r\n"), ErrorCode::headers_too_large);
}

TEST(Framing, BytesBehindTheHeadCountForNoLimit) {
  EXPECT_EQ(accepted(get_with("") + std::string(2 * kMaxHead, '\n')).method, "GET");
}

TEST(Framing, ConnectionIsReadAsAListInAnyCase) {
  struct Case {
    const char* version;
    const char* fields;
    bool keep_alive;
  };
  for (const Case& c : {
           Case{"HTTP/1.1", "", true},
           Case{"HTTP/1.1", "Connection: close\r\n", false},
           Case{"HTTP/1.1", "Connection: CLOSE\r\n", false},
           Case{"HTTP/1.1", "connection: x ,\tClose , y\r\n", false},
           Case{"HTTP/1.1", "Connection: x\r\nConnection: close\r\n", false},
           Case{"HTTP/1.1", "Connection: keep-alive, close\r\n", false},
           Case{"HTTP/1.1", "Connection: closed\r\n", true},
           Case{"HTTP/1.1", "Connection: ,,\r\n", true},
           Case{"HTTP/1.0", "", false},
           Case{"HTTP/1.0", "Connection: Keep-Alive\r\n", true},
           Case{"HTTP/1.0", "Connection: keep-alive, close\r\n", false},
       }) {
    const std::string input = request("GET / " + std::string(c.version), c.fields);
    EXPECT_EQ(accepted(input).keep_alive, c.keep_alive) << input;
  }
}

TEST(Framing, ExpectIsHundredContinueOrNothing) {
  const std::string length = "Content-Length: 3\r\n";
  EXPECT_TRUE(accepted(post_with(length + "Expect: 100-Continue\r\n")).expects_continue);
  EXPECT_FALSE(accepted(post_with("Expect: 100-continue\r\n")).expects_continue);
  EXPECT_FALSE(
      accepted("POST / HTTP/1.0\r\n" + length + "Expect: 100-continue\r\n\r\n").expects_continue);
  expect_refused(post_with(length + "Expect: 200-ok\r\n"));
  expect_refused(post_with(length + "Expect: 100-continue\r\nExpect: 100-continue\r\n"));
}

}  // namespace
}  // namespace latchkey::broker::http
