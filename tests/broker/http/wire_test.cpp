#include "broker/http/wire.h"

#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

std::string written(const Response& response, const WireOptions& options = {}) {
  std::string out = "before|";
  append_response(out, response, options);
  return out;
}

TEST(Wire, WritesStatusFieldsAndBody) {
  Response response = detail_response(200, "ok");
  response.header("X-A", "1").cookie({.name = "a", .value = "b"});
  const std::string cookie = response.cookies.front().header();
  EXPECT_EQ(written(response), "before|HTTP/1.1 200 OK\r\nX-A: 1\r\nSet-Cookie: " + cookie +
                                   "\r\nContent-Type: application/json\r\n"
                                   "Content-Length: 15\r\n\r\n{\"detail\":\"ok\"}");
}

TEST(Wire, SaysWhatBecomesOfTheConnection) {
  EXPECT_EQ(written({.status = 503}, {.keep_alive = false}),
            "before|HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
            "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(written({.status = 200}, {.http_1_0 = true}),
            "before|HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n");
}

TEST(Wire, HeadHasTheLengthAndNoBody) {
  EXPECT_EQ(
      written({.status = 200, .content_type = "text/plain", .body = "12345"}, {.head_only = true}),
      "before|HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
}

TEST(Wire, NoContentHasNoLength) {
  EXPECT_EQ(written({.status = 204}), "before|HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(written({.status = 304}), "before|HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(Wire, UnknownStatusHasNoReason) {
  EXPECT_EQ(written({.status = 418}), "before|HTTP/1.1 418 \r\nContent-Length: 0\r\n\r\n");
}

}  // namespace
}  // namespace latchkey::broker::http
