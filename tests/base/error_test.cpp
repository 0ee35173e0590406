#include "base/error.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace latchkey {
namespace {

constexpr int kLast = static_cast<int>(ErrorCode::internal_error);

TEST(Error, FailedCallbacksAnswerAsTheDesignSays) {
  const std::pair<ErrorCode, int> statuses[] = {
      {ErrorCode::state_invalid, 400},
      {ErrorCode::state_expired, 400},
      {ErrorCode::state_replayed, 400},
      {ErrorCode::provider_denied, 400},
      {ErrorCode::parameters_invalid, 400},
      {ErrorCode::account_disabled, 403},
      {ErrorCode::domain_not_allowed, 403},
      {ErrorCode::email_not_verified, 403},
      {ErrorCode::identity_in_use, 409},
      {ErrorCode::provider_rejected, 502},
      {ErrorCode::provider_invalid_response, 502},
      {ErrorCode::provider_unavailable, 503},
      {ErrorCode::store_unavailable, 503},
      {ErrorCode::provider_unknown, 404},
  };
  for (const auto& [code, status] : statuses) {
    EXPECT_EQ(describe(code).status, status) << describe(code).code;
  }
}

TEST(Error, SentencesThatFrontEndsCompareAreExact) {
  EXPECT_EQ(describe(ErrorCode::csrf_token_missing).sentence, "CSRF Failed: CSRF token missing.");
  EXPECT_EQ(describe(ErrorCode::csrf_token_incorrect).sentence,
            "CSRF Failed: CSRF token incorrect.");
  EXPECT_EQ(describe(ErrorCode::not_authenticated).sentence,
            "Authentication credentials were not provided.");
  EXPECT_EQ(describe(ErrorCode::not_authenticated).status, 403);
  EXPECT_EQ(describe(ErrorCode::invalid_credentials).sentence, "Invalid credentials");
  EXPECT_EQ(describe(ErrorCode::invalid_credentials).status, 400);
}

TEST(Error, EveryCodeHasAnErrorStatusAStableCodeAndASentence) {
  for (int i = 0; i <= kLast; ++i) {
    const ErrorInfo& info = describe(static_cast<ErrorCode>(i));
    EXPECT_GE(info.status, 400) << i;
    EXPECT_LE(info.status, 503) << i;
    ASSERT_FALSE(info.code.empty()) << i;
    EXPECT_TRUE(std::all_of(info.code.begin(), info.code.end(), [](unsigned char c) {
      return std::islower(c) != 0 || c == '_';
    })) << info.code;
    EXPECT_FALSE(info.sentence.empty()) << info.code;
  }
}

TEST(Error, WhatPassesByItselfSaysWhenToRetry) {
  for (const ErrorCode code : {ErrorCode::rate_limited, ErrorCode::provider_unavailable,
                               ErrorCode::store_unavailable, ErrorCode::server_busy}) {
    EXPECT_TRUE(describe(code).retry_later) << describe(code).code;
  }
  EXPECT_FALSE(describe(ErrorCode::mail_not_configured).retry_later);
  EXPECT_FALSE(describe(ErrorCode::invalid_credentials).retry_later);
}

TEST(Error, StableCodesNameOneThingEach) {
  std::map<std::string_view, int> uses;
  for (int i = 0; i <= kLast; ++i) ++uses[describe(static_cast<ErrorCode>(i)).code];
  EXPECT_EQ(uses["csrf_failed"], 2);  // missing and incorrect: one code, two sentences
  uses.erase("csrf_failed");
  for (const auto& [code, count] : uses) EXPECT_EQ(count, 1) << code;
}

TEST(Error, CodesOfTheErrorPageAreReadBack) {
  ErrorCode code{};
  ASSERT_TRUE(parse_error_code("state_expired", code));
  EXPECT_EQ(code, ErrorCode::state_expired);
  EXPECT_FALSE(parse_error_code("<script>", code));
  EXPECT_FALSE(parse_error_code("", code));
  EXPECT_EQ(code, ErrorCode::state_expired);
}

TEST(Error, AResultCarriesItsPrivateDetailApart) {
  const Result<int> result = fail(ErrorCode::store_unavailable, "connection refused");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().detail, "connection refused");
  EXPECT_EQ(describe(result.error().code).sentence.find("refused"), std::string_view::npos);
}

}  // namespace
}  // namespace latchkey
