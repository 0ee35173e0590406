#include "broker/http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RequestTest, ParameterPollutionIsRefused) {
  Request request;
  request.query = {{"state", "a"}, {"code", "x"}, {"state", "b"}};
  EXPECT_EQ(request.single("state").error().code, ErrorCode::parameters_invalid);
  EXPECT_EQ(request.single("code").value(), "x");
  EXPECT_EQ(request.single("iss").value(), std::nullopt);
}

TEST(RequestTest, OnlyJsonObjectsAreBodies) {
  Request request;
  for (const char* body : {"", "[]", "1", "{\"a\":1,\"a\":2}", "{} x"}) {
    request.body = body;
    EXPECT_FALSE(request.json_object()) << body;
  }
  request.body = R"({"a":1})";
  EXPECT_TRUE(request.json_object());
}

TEST(ErrorResponseTest, PrivateDetailStaysPrivate) {
  Request request;
  request.request_id = "abc";
  const Response response =
      error_response({ErrorCode::store_unavailable, "password=hunter2"}, request);
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr(R"("code":"store_unavailable")"));
  EXPECT_THAT(response.body, HasSubstr(R"("request_id":"abc")"));
  EXPECT_THAT(response.body, Not(HasSubstr("hunter2")));
}

TEST(ErrorResponseTest, WhatPassesByItselfSaysWhenToComeBack) {
  const auto retry_after = [](const Error& error) -> std::string {
    for (const auto& [name, value] : error_response(error, "request").headers) {
      if (name == "Retry-After") return value;
    }
    return "";
  };
  EXPECT_EQ(retry_after({ErrorCode::rate_limited, {}, 42}), "42");
  EXPECT_EQ(retry_after({ErrorCode::store_unavailable}), "5");
  EXPECT_EQ(retry_after({ErrorCode::state_invalid}), "");
}

TEST(HeadersTest, NamesAreCaseInsensitiveAndValuesTrimmed) {
  Headers headers;
  headers.add("X-CSRFToken", "  t ");
  EXPECT_EQ(headers.get("x-csrftoken"), "t");
  EXPECT_EQ(headers.get("X-Other"), std::nullopt);
}

}  // namespace
}  // namespace latchkey::broker::http
