#include "base/log.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"

namespace latchkey::log {
namespace {

using namespace std::string_view_literals;

using ::testing::HasSubstr;
using ::testing::Not;

std::string line(Fields fields) { return format(Level::info, "e", fields, "t"); }

// What write() puts on stderr during `action`.
template <class Action>
std::string stderr_of(Action action) {
  ::testing::internal::CaptureStderr();
  action();
  return ::testing::internal::GetCapturedStderr();
}

TEST(Log, OneJsonObjectALine) {
  EXPECT_EQ(format(Level::warn, "signin.completed",
                   {{"provider", "github"},
                    {"user_id", std::int64_t{7}},
                    {"status", 303},
                    {"seconds", 0.25},
                    {"created", true}},
                   "2026-01-02T03:04:05.000006Z"),
            R"({"time":"2026-01-02T03:04:05.000006Z","level":"warn","event":"signin.completed",)"
            R"("provider":"github","user_id":7,"status":303,"seconds":0.25,"created":true})");
}

TEST(Log, LogRedactsSensitiveFields) {
  for (const std::string name : {"code",
                                 "state",
                                 "nonce",
                                 "code_verifier",
                                 "token",
                                 "access_token",
                                 "id_token",
                                 "refresh_token",
                                 "password",
                                 "current_password",
                                 "new_password",
                                 "secret",
                                 "client_secret",
                                 "secret_key",
                                 "cookie",
                                 "Cookie",
                                 "set-cookie",
                                 "Set-Cookie",
                                 "authorization",
                                 "Authorization",
                                 "Proxy-Authorization",
                                 "sessionid",
                                 "csrftoken",
                                 "X-CSRFToken",
                                 "appsecret_proof",
                                 "input_token",
                                 "smtp_password",
                                 "webhook_secret",
                                 "ACCESS_TOKEN"}) {
    EXPECT_TRUE(is_sensitive(name)) << name;
    EXPECT_THAT(line({{name, "s3cret"}}), Not(HasSubstr("s3cret"))) << name;
    EXPECT_THAT(line({{name, 123456}}), Not(HasSubstr("123456"))) << name;
  }
  EXPECT_THAT(line({{"code", "s3cret"}}), HasSubstr(R"("code":"[redacted]")"));
}

TEST(Log, OrdinaryFieldsAreKept) {
  for (const std::string name : {"provider", "status", "status_code", "error_code", "event", "path",
                                 "user_id", "token_url", "secret_key_file", "statement", "ip"}) {
    EXPECT_FALSE(is_sensitive(name)) << name;
  }
  EXPECT_THAT(line({{"has_password", false}}), HasSubstr(R"("has_password":false)"));
}

TEST(Log, LogLineKeepsControlBytesEscaped) {
  const std::string text = line({{"user_agent", "a\r\n{\"level\":\"x\"}\0\x1b[2J\x7f\xc2\x9b"sv}});
  EXPECT_THAT(text, HasSubstr(R"(a\r\n{\"level\":\"x\"}\u0000\u001B[2J\u007f\u009b)"));
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
}

TEST(Log, HostileFieldsStayParsable) {
  const std::string hostile = "\xff\xc2\x7f\xc2\"}\\";
  const std::string text = format(Level::error, hostile, {{hostile, hostile}}, "t");
  const auto document = JsonDocument::parse(text);
  ASSERT_TRUE(document) << text;
  EXPECT_EQ(document->root().members().size(), 4U);
}

TEST(Log, OrdinaryUnicodeIsReadable) {
  EXPECT_THAT(line({{"name", "Zo\xc3\xab \xf0\x9f\x94\x91"}}),
              HasSubstr("Zo\xc3\xab \xf0\x9f\x94\x91"));
}

TEST(Log, WritesToStderrWithAnRfc3339Time) {
  const std::string text = stderr_of([] { warn("store.unavailable", {{"attempt", 1}}); });
  static const std::regex kLine(
      R"re(\{"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z","level":"warn",)re"
      R"re("event":"store\.unavailable","attempt":1\}\n)re");
  EXPECT_TRUE(std::regex_match(text, kLine)) << text;
}

TEST(Log, BufferedLinesLeaveTogetherAndInOrder) {
  const std::string text = stderr_of([] {
    LineBuffer lines;
    lines.add(Level::info, "first", {{"code", "s3cret"}});
    lines.add(Level::debug, "dropped", {});
    info("between");
    lines.add(Level::info, "second", {{"ms", 0.125}});
    lines.flush();
    lines.flush();
  });
  static const std::regex kLines(
      R"re(\{[^\n]*"event":"between"\}\n)re"
      R"re(\{[^\n]*"event":"first","code":"\[redacted\]"\}\n)re"
      R"re(\{[^\n]*"event":"second","ms":0\.125\}\n)re");
  EXPECT_TRUE(std::regex_match(text, kLines)) << text;
}

TEST(Log, LinesBelowTheLevelAreDropped) {
  EXPECT_FALSE(enabled(Level::debug));
  EXPECT_EQ(stderr_of([] { debug("quiet"); }), "");
  set_level(Level::error);
  EXPECT_FALSE(enabled(Level::warn));
  EXPECT_EQ(stderr_of([] { warn("quiet"); }), "");
  EXPECT_THAT(stderr_of([] { error("loud"); }), HasSubstr(R"("level":"error","event":"loud")"));
  set_level(Level::debug);
  EXPECT_THAT(stderr_of([] { debug("now"); }), HasSubstr(R"("event":"now")"));
  set_level(Level::info);
}

TEST(Log, LinesOfManyThreadsDoNotMix) {
  constexpr int kThreads = 8;
  constexpr int kLines = 200;
  const std::string value(300, 'v');
  const std::string text = stderr_of([&value] {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&value] {
        for (int n = 0; n < kLines; ++n) info("busy", {{"value", value}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  std::istringstream lines(text);
  int count = 0;
  for (std::string one; std::getline(lines, one); ++count) {
    EXPECT_TRUE(JsonDocument::parse(one)) << one;
  }
  EXPECT_EQ(count, kThreads * kLines);
}

}  // namespace
}  // namespace latchkey::log
