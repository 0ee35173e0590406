// SECURITY rules 3, 4, 7 and 19 at the callback: whatever comes back wrong writes no user, identity
// or session, sets no session cookie, and costs at most one token request.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/service.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class CallbackAttacks : public testing::Test {
 protected:
  CallbackAttacks() { service_.approve_as("ada"); }

  void expect_nothing_happened(const Answer& answer) const {
    EXPECT_TRUE(answer.set_cookie("sessionid").empty());
    EXPECT_EQ(service_.count("users"), 0);
    EXPECT_EQ(service_.count("identities"), 0);
    EXPECT_EQ(service_.count("sessions"), 0);
  }

  // As JSON, for its code.
  Answer complete(Browser& browser, const std::string& callback) const {
    const auto url = Url::parse(callback);
    const std::string provider = url->path.substr(6, url->path.find('/', 6) - 6);
    return browser.get("/api/social/" + provider + "/?" + url->query);
  }

  Service service_;
  Browser browser_ = service_.browser();
};

TEST_F(CallbackAttacks, CallbackWithoutFlowCookieMakesNoTokenRequest) {
  const std::string callback = callback_url_of(browser_, "github");
  Browser victim = service_.browser();
  const Answer answer = victim.get(callback);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.header("Content-Type"), HasSubstr("text/html"));
  EXPECT_EQ(service_.requests("github", "token"), 0);
  EXPECT_EQ(complete(victim, callback).code(), "state_invalid");
  expect_nothing_happened(answer);
}

TEST_F(CallbackAttacks, CallbackWithoutStateMakesNoTokenRequest) {
  callback_url_of(browser_, "github");
  for (const char* query : {"?code=x", "?code=x&state=", "?state=guessed&code=x", ""}) {
    const Answer answer = browser_.get(std::string("/api/social/github/") + query);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "state_invalid");
  }
  EXPECT_EQ(service_.requests("github", "token"), 0);
}

TEST_F(CallbackAttacks, StateOfOneProviderIsRefusedAtAnother) {
  const std::string callback = callback_url_of(browser_, "github");
  const Answer answer = browser_.get("/api/social/google/?" + Url::parse(callback)->query);
  EXPECT_EQ(answer.code(), "state_invalid");
  EXPECT_EQ(service_.requests("google", "token"), 0);
  EXPECT_EQ(service_.requests("github", "token"), 0);
  expect_nothing_happened(answer);
}

TEST_F(CallbackAttacks, ParameterPollutionIsRefused) {
  const std::string callback = callback_url_of(browser_, "github");
  for (const char* extra : {"&code=evil", "&state=evil", "&iss=https%3A%2F%2Fevil.example"}) {
    EXPECT_EQ(complete(browser_, callback + extra).code(), "parameters_invalid");
  }
  EXPECT_EQ(service_.requests("github", "token"), 0);
}

TEST_F(CallbackAttacks, ExpiredStateIsRefused) {
  const std::string callback = callback_url_of(browser_, "github");
  service_.clock.advance(std::chrono::minutes(10));
  const Answer answer = complete(browser_, callback);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.code(), "state_expired");
  EXPECT_EQ(service_.requests("github", "token"), 0);
}

TEST_F(CallbackAttacks, MixUpWithAnotherIssuerIsRefused) {
  const std::string callback = callback_url_of(browser_, "google");
  const std::string state = query_value(callback, "state");
  const Answer wrong =
      browser_.get("/api/social/google/?code=x&state=" + state + "&iss=https%3A%2F%2Fevil.example");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(wrong.code(), "parameters_invalid");
  EXPECT_EQ(service_.requests("google", "token"), 0);
}

TEST_F(CallbackAttacks, MissingIssuerIsRefusedWhereItIsAdvertised) {
  const std::string callback = callback_url_of(browser_, "google");
  const Answer answer =
      browser_.get("/api/social/google/?code=x&state=" + query_value(callback, "state"));
  EXPECT_EQ(answer.code(), "parameters_invalid");
  EXPECT_EQ(service_.requests("google", "token"), 0);
}

TEST_F(CallbackAttacks, ReplayWithTheFlowCookieIsRefused) {
  const std::string callback = callback_url_of(browser_, "github");
  const auto cookies_before = browser_.cookies;
  EXPECT_EQ(browser_.get(callback).status, 303);
  Browser thief = service_.browser();
  thief.cookies = cookies_before;
  const Answer answer = complete(thief, callback);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.code(), "state_replayed");
  EXPECT_TRUE(answer.set_cookie("sessionid").empty());
  EXPECT_EQ(service_.requests("github", "token"), 1);
}

TEST_F(CallbackAttacks, TwentyParallelCallbacksOfOneStateMakeOneTokenRequest) {
  const std::string callback = callback_url_of(browser_, "github");
  service_.order_fault("github", "slow");
  std::vector<std::future<Answer>> answers;
  for (int i = 0; i < 20; ++i) {
    answers.push_back(std::async(std::launch::async, [&, jar = browser_.cookies] {
      Browser tab = service_.browser();
      tab.cookies = jar;
      return tab.get(callback);
    }));
  }
  int sessions = 0;
  for (auto& future : answers) {
    const Answer answer = future.get();
    EXPECT_LT(answer.status, 500);
    sessions += answer.set_cookie("sessionid").empty() ? 0 : 1;
  }
  EXPECT_EQ(sessions, 1);
  EXPECT_EQ(service_.requests("github", "token"), 1);
  EXPECT_EQ(service_.count("sessions"), 1);
}

TEST_F(CallbackAttacks, ASecondPostOfTheSameCodeAtOnceGetsTheFirstOnesAnswer) {
  const std::string callback = callback_url_of(browser_, "github", "/app");
  service_.order_fault("github", "slow");
  const auto post = [&, jar = browser_.cookies] {
    Browser tab = service_.browser();
    tab.cookies = jar;
    return complete(tab, callback);
  };
  auto first = std::async(std::launch::async, post);
  auto second = std::async(std::launch::async, post);
  const Answer a = first.get();
  const Answer b = second.get();
  EXPECT_EQ(a.status, 200) << a.body;
  EXPECT_EQ(b.status, 200) << b.body;
  EXPECT_EQ(a.body, b.body);
  EXPECT_NE(a.set_cookie("sessionid").empty(), b.set_cookie("sessionid").empty());
  EXPECT_EQ(service_.count("sessions"), 1);
}

TEST_F(CallbackAttacks, TwoFlowCookiesOfOneNameNoneCounts) {
  const std::string callback = callback_url_of(browser_, "github");
  std::string header;
  for (const auto& [name, value] : browser_.cookies) {
    header += name + "=" + value + "; " + name + "=planted; ";
  }
  Browser bare = service_.browser();
  EXPECT_EQ(bare.get(callback, {{"Cookie", header}}).status, 400);
  EXPECT_EQ(service_.requests("github", "token"), 0);
}

TEST_F(CallbackAttacks, TheVisitorsNoIsAPageWithASentence) {
  service_.order_fault("github", "denied");
  const Answer page = browser_.get(callback_url_of(browser_, "github"));
  EXPECT_EQ(page.status, 400);
  EXPECT_THAT(page.body, HasSubstr("cancelled"));
  EXPECT_THAT(page.body, HasSubstr("GitHub"));
  EXPECT_EQ(service_.requests("github", "token"), 0);
  expect_nothing_happened(page);
}

TEST_F(CallbackAttacks, FaultsGoToTheFrontEndsErrorUrl) {
  Service spa([](config::Config& config) { config.spa.error_url = "/oops?from=login"; });
  Browser browser = spa.browser();
  const Answer answer = browser.get("/auth/github/callback?code=x&state=y");
  EXPECT_EQ(answer.status, 303);
  EXPECT_EQ(answer.location(), "/oops?from=login&error=state_invalid&provider=github");
}

TEST_F(CallbackAttacks, UnknownProviderIsNotFound) {
  for (const char* path : {"/auth/gitlab/login", "/auth/gitlab/callback?code=x&state=y"}) {
    const Answer answer = browser_.get(path);
    EXPECT_EQ(answer.status, 404) << path;
  }
  EXPECT_EQ(browser_.get("/api/social/gitlab/?code=x&state=y").code(), "provider_unknown");
}

struct FaultRow {
  const char* provider;
  const char* fault;
  int status;
  const char* code;
};

// For the test's name in ctest.
void PrintTo(const FaultRow& row, std::ostream* out) { *out << row.provider << ' ' << row.fault; }

class ProviderFaults : public CallbackAttacks, public testing::WithParamInterface<FaultRow> {};

TEST_P(ProviderFaults, EndTheFlowAndLeaveNothing) {
  const FaultRow& row = GetParam();
  service_.order_fault(row.provider, row.fault);
  const std::string callback = callback_url_of(browser_, row.provider);
  const Answer answer = complete(browser_, callback);
  EXPECT_EQ(answer.status, row.status) << answer.body;
  EXPECT_EQ(answer.code(), row.code);
  EXPECT_EQ(service_.requests(row.provider, "token"), 1);
  expect_nothing_happened(answer);
  // The flow is over: its cookie is gone, and the code is not tried again.
  EXPECT_EQ(complete(browser_, callback).code(), "state_invalid");
  EXPECT_EQ(service_.requests(row.provider, "token"), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ProviderFaults,
    testing::Values(FaultRow{"github", "http_200_error", 502, "provider_rejected"},
                    FaultRow{"github", "server_error", 503, "provider_unavailable"},
                    FaultRow{"github", "dropped_connection", 503, "provider_unavailable"},
                    FaultRow{"github", "huge_body", 502, "provider_invalid_response"},
                    FaultRow{"github", "invalid_json", 502, "provider_invalid_response"},
                    FaultRow{"google", "bad_signature", 502, "provider_invalid_response"},
                    FaultRow{"google", "wrong_nonce", 502, "provider_invalid_response"},
                    FaultRow{"google", "wrong_audience", 502, "provider_invalid_response"},
                    FaultRow{"google", "expired_token", 502, "provider_invalid_response"},
                    FaultRow{"google", "server_error", 503, "provider_unavailable"}),
    [](const auto& row) { return std::string(row.param.provider) + "_" + row.param.fault; });

TEST_F(CallbackAttacks, ARotatedKeyIsFetchedAndTheSignInSucceeds) {
  sign_in(browser_, "google");
  service_.order_fault("google", "rotated_key");
  Browser other = service_.browser();
  EXPECT_EQ(sign_in(other, "google").status, 303);
}

}  // namespace
}  // namespace latchkey::test
