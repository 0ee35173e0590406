#include "providers/outbound.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "fake_http.h"
#include "tests/support/fake_clock.h"

namespace latchkey::providers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class OutboundTest : public testing::Test {
 protected:
  static config::Provider settings() {
    config::Provider settings;
    settings.id = "acme";
    return settings;
  }
  Result<JsonAnswer> send() { return outbound.send({.url = "https://acme"}, Deadline(clock)); }
  ErrorCode code() { return send().error().code; }
  // Whether the next request is refused without asking the provider.
  bool fails_fast() {
    const std::size_t before = http.requests.size();
    return !send() && http.requests.size() == before;
  }
  void send_times(int times) {
    for (int i = 0; i < times; ++i) static_cast<void>(send());
  }

  test::FakeClock clock;
  test::FakeHttp http;
  Outbound outbound{settings(), http, clock};
};

TEST_F(OutboundTest, ReadsJson) {
  http.responds(200, R"({"a":1})");
  const auto answer = send();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->ok());
  EXPECT_EQ(answer->document.root()["a"].integer(), 1);
  EXPECT_EQ(answer->response.body, "");
}

TEST_F(OutboundTest, FaultsBecomeErrorCodes) {
  for (const HttpFault fault : {HttpFault::connect, HttpFault::tls, HttpFault::timeout}) {
    http.breaks(fault);
    EXPECT_EQ(code(), ErrorCode::provider_unavailable);
  }
  http.breaks(HttpFault::refused_address);
  EXPECT_EQ(code(), ErrorCode::provider_unavailable);
}

TEST_F(OutboundTest, AnswersThatAreNoAnswers) {
  http.breaks(HttpFault::too_large);
  EXPECT_EQ(code(), ErrorCode::provider_invalid_response);
  http.responds(302, "{}");
  EXPECT_EQ(code(), ErrorCode::provider_invalid_response);
  http.responds(200, "<html>");
  EXPECT_EQ(code(), ErrorCode::provider_invalid_response);
  http.responds(503, "{}");
  EXPECT_EQ(code(), ErrorCode::provider_unavailable);
}

TEST_F(OutboundTest, ErrorsNeverHoldTheBody) {
  http.responds(200, "<html>gho_secret</html>");
  EXPECT_EQ(send().error().detail.find("gho_secret"), std::string::npos);
}

TEST_F(OutboundTest, ClientErrorsNeedNoJson) {
  http.responds(404, "Not Found");
  const auto answer = send();
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->ok());
  EXPECT_FALSE(answer->document.root().exists());
}

TEST_F(OutboundTest, GetObjectRejectsClientErrorsAndOtherJson) {
  const auto get = [this] { return outbound.get_object({}, Deadline(clock)).error().code; };
  http.responds(403, "{}");
  EXPECT_EQ(get(), ErrorCode::provider_rejected);
  http.responds(200, "[]");
  EXPECT_EQ(get(), ErrorCode::provider_invalid_response);
}

TEST_F(OutboundTest, IllProviderFailsFastAndSaysWhenToComeBack) {
  http.breaks(HttpFault::timeout);
  send_times(5);
  EXPECT_TRUE(fails_fast());
  EXPECT_EQ(send().error().retry_after, 10);
  clock.advance(seconds(10));
  http.responds(200, "{}");
  EXPECT_TRUE(send());
  EXPECT_TRUE(send());
}

TEST_F(OutboundTest, EveryKindOfIllnessCounts) {
  http.breaks(HttpFault::connect);
  send_times(1);
  http.breaks(HttpFault::too_large);
  send_times(1);
  http.responds(500, "{}");
  send_times(1);
  http.responds(200, "not json");
  send_times(1);
  http.responds(301, "");
  send_times(1);
  EXPECT_TRUE(fails_fast());
}

TEST_F(OutboundTest, ClientErrorsAndOurOwnConfigurationAreNoIllness) {
  http.responds(400, "{}");
  send_times(10);
  http.responds(404, "Not Found");
  send_times(10);
  http.breaks(HttpFault::refused_address);
  send_times(10);
  EXPECT_FALSE(fails_fast());
}

TEST_F(OutboundTest, AProbeThatThrowsDoesNotLockTheProviderOut) {
  http.breaks(HttpFault::timeout);
  send_times(5);
  clock.advance(seconds(10));
  http.answer = [](const HttpRequest&) -> test::FakeHttp::Answer {
    throw std::runtime_error("bug");
  };
  EXPECT_THROW(send(), std::runtime_error);
  http.responds(200, "{}");
  EXPECT_TRUE(send());
}

TEST_F(OutboundTest, RequestsOfOneSignInShareTheDeadline) {
  http.responds(200, "{}");
  const Deadline deadline(clock);
  ASSERT_TRUE(outbound.send({}, deadline));
  clock.advance(seconds(4));
  ASSERT_TRUE(outbound.send({}, deadline));
  clock.advance(seconds(6));
  EXPECT_EQ(outbound.send({}, deadline).error().code, ErrorCode::provider_unavailable);
  ASSERT_EQ(http.requests.size(), 2U);
  EXPECT_EQ(http.requests[0].timeout, milliseconds(10'000));
  EXPECT_EQ(http.requests[1].timeout, milliseconds(6'000));
}

TEST_F(OutboundTest, PermissionsComeFromTheConfigurationOnly) {
  http.responds(200, "{}");
  ASSERT_TRUE(
      outbound.send({.allow_http = true, .allow_private_addresses = true}, Deadline(clock)));
  EXPECT_FALSE(http.requests[0].allow_http);
  EXPECT_FALSE(http.requests[0].allow_private_addresses);
}

}  // namespace
}  // namespace latchkey::providers
