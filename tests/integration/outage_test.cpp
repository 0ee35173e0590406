// The database goes away and comes back (SECURITY rule 19): 503 and no log-out, and no restart
// needed.
#include <gtest/gtest.h>

#include "tests/integration/service.h"
#include "tests/support/private_cluster.h"

namespace latchkey::test {
namespace {

// A started cluster may still refuse, and the pool remembers an outage for a moment.
Answer once_up(Browser& browser, const std::string& path) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  Answer answer = browser.get(path);
  while (answer.status == 503 && std::chrono::steady_clock::now() < deadline) {
    answer = browser.get(path);
  }
  return answer;
}

class OutageTest : public testing::Test {
 protected:
  OutageTest() {
    service_.add_user({.email = "ada@example.com", .password = "analytical-engine"});
    service_.approve_as("ada");
  }

  PrivateCluster cluster_;
  TestDatabase database_{cluster_.url(), TestDatabase::Schema::migrated};
  Service service_{database_.secret_url(), {}};
  Browser browser_ = service_.browser();
};

TEST_F(OutageTest, StoppedDatabaseLogsNobodyOutAndRecoveryNeedsNoRestart) {
  log_in(browser_, "ada@example.com", "analytical-engine");
  const auto cookies = browser_.cookies;
  cluster_.stop();

  const Answer account = browser_.get("/api/account/");
  EXPECT_EQ(account.status, 503);
  EXPECT_EQ(account.code(), "store_unavailable");
  EXPECT_FALSE(account.header("Retry-After").empty());
  const Answer logout = browser_.post("/api/logout/", "");
  EXPECT_EQ(logout.status, 503) << "nobody may believe a session gone that is not";
  EXPECT_EQ(browser_.cookies, cookies);
  EXPECT_EQ(browser_.get("/readyz").status, 503);
  EXPECT_EQ(browser_.get("/healthz").status, 200);
  EXPECT_EQ(browser_.get("/login").status, 200);

  cluster_.start();
  EXPECT_EQ(once_up(browser_, "/api/account/").status, 200);
  EXPECT_EQ(once_up(browser_, "/readyz").status, 200);
}

TEST_F(OutageTest, CallbackDuringAnOutageCanBeRepeatedAfterIt) {
  const std::string callback = callback_url_of(browser_, "github", "/app");
  cluster_.stop();
  const Answer during = browser_.get(callback);
  EXPECT_EQ(during.status, 503);
  EXPECT_EQ(service_.requests("github", "token"), 0) << "not claimed, so not exchanged";
  cluster_.start();
  const Answer after = once_up(browser_, callback);
  EXPECT_EQ(after.status, 303);
  EXPECT_EQ(after.location(), "/app");
}

}  // namespace
}  // namespace latchkey::test
