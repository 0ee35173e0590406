#include "broker/http/wire.h"

#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

using namespace std::chrono;

constexpr TimePoint kNow = sys_days(1994y / November / 6) + 8h + 49min + 37s;
const std::string kDate = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

std::string written(const Response& response, const WireOptions& options = {}) {
  std::string out = "before|";
  append_response(out, response, kNow, options);
  return out;
}

TEST(Wire, WritesStatusFieldsAndBody) {
  Response response = detail_response(200, "ok");
  response.header("X-A", "1").cookie({.name = "a", .value = "b"});
  const std::string cookie = response.cookies.front().header();
  EXPECT_EQ(written(response), "before|HTTP/1.1 200 OK\r\n" + kDate +
                                   "X-A: 1\r\nSet-Cookie: " + cookie +
                                   "\r\nContent-Type: application/json\r\n"
                                   "Content-Length: 15\r\n\r\n{\"detail\":\"ok\"}");
}

TEST(Wire, SaysWhatBecomesOfTheConnection) {
  EXPECT_EQ(written({.status = 503}, {.keep_alive = false}),
            "before|HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n" + kDate +
                "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(
      written({.status = 200}, {.http_1_0 = true}),
      "before|HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n" + kDate + "Content-Length: 0\r\n\r\n");
}

TEST(Wire, HeadHasTheLengthAndNoBody) {
  EXPECT_EQ(
      written({.status = 200, .content_type = "text/plain", .body = "12345"}, {.head_only = true}),
      "before|HTTP/1.1 200 OK\r\n" + kDate +
          "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
}

TEST(Wire, NoContentHasNoLength) {
  EXPECT_EQ(written({.status = 204}), "before|HTTP/1.1 204 No Content\r\n" + kDate + "\r\n");
  EXPECT_EQ(written({.status = 304}), "before|HTTP/1.1 304 Not Modified\r\n" + kDate + "\r\n");
}

TEST(Wire, UnknownStatusHasNoReason) {
  EXPECT_EQ(written({.status = 418}),
            "before|HTTP/1.1 418 \r\n" + kDate + "Content-Length: 0\r\n\r\n");
}

}  // namespace
}  // namespace latchkey::broker::http
