// Sessions that are remembered in memory, on more than one instance: what ends or changes anywhere
// is seen everywhere, and a database that hangs stops nobody who was there a moment ago.
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/users.h"
#include "tests/integration/service.h"
#include "tests/support/eventually.h"
#include "tests/support/private_cluster.h"

namespace latchkey::test {
namespace {

constexpr const char* kEmail = "ada@example.com";
constexpr const char* kPassword = "analytical-engine";

class TwoInstances : public testing::Test {
 protected:
  TwoInstances() { here_.add_user({.email = kEmail, .password = kPassword}); }

  // A browser that both instances know, from memory.
  Browser signed_in_at_both() {
    Browser browser = here_.browser();
    log_in(browser, kEmail, kPassword);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(browser.get("/api/account/").status, 200);
      EXPECT_EQ(status_there(browser), 200);
    }
    return browser;
  }
  int status_there(const Browser& browser) {
    Browser same = there_.browser();
    same.cookies = browser.cookies;
    return same.get("/api/account/").status;
  }

  Service here_;
  Service there_{here_.config().database.url, {}};
};

TEST_F(TwoInstances, LogoutHereIsALogoutThere) {
  Browser browser = signed_in_at_both();
  const Browser before = browser;
  EXPECT_EQ(browser.post("/api/logout/", "").status, 200);
  Browser here = here_.browser();
  here.cookies = before.cookies;
  EXPECT_EQ(here.get("/api/account/").status, 403) << "at once where it happened";
  EXPECT_TRUE(eventually([&] { return status_there(before) == 403; }));
}

TEST_F(TwoInstances, DisabledUserIsOutEverywhere) {
  Browser browser = signed_in_at_both();
  const auto connection = here_.database();
  const auto user = sql::users::find_by_email(*connection, *Email::parse(kEmail));
  ASSERT_TRUE(sql::users::set_disabled(*connection, (*user)->id, here_.clock.now()));
  EXPECT_TRUE(eventually([&] { return browser.get("/api/account/").status == 403; }));
  EXPECT_TRUE(eventually([&] { return status_there(browser) == 403; }));
}

TEST_F(TwoInstances, AConnectedIdentityShowsEverywhere) {
  Browser browser = signed_in_at_both();
  here_.approve_as("margaret");
  const Answer begun = browser.post("/api/identities/facebook/", "");
  EXPECT_EQ(browser.get(browser.get(begun.text("authorize_url")).location()).status, 303);
  EXPECT_THAT(browser.get("/api/account/").body, testing::HasSubstr("facebook"));
  EXPECT_TRUE(eventually([&] {
    Browser same = there_.browser();
    same.cookies = browser.cookies;
    return same.get("/api/account/").body.find("facebook") != std::string::npos;
  }));
}

TEST(FrozenDatabase, StopsNobodyWhoIsRememberedAndLogsNobodyOut) {
  PrivateCluster cluster;
  TestDatabase database(cluster.url(), TestDatabase::Schema::migrated);
  Service service(database.secret_url(), {});
  service.add_user({.email = kEmail, .password = kPassword});
  Browser remembered = service.browser();
  log_in(remembered, kEmail, kPassword);
  Browser unknown = service.browser();
  log_in(unknown, kEmail, kPassword);
  ASSERT_TRUE(
      eventually([&] { return remembered.get("/readyz").text("session_cache") == "open"; }));
  ASSERT_EQ(remembered.get("/api/account/").status, 200);

  cluster.suspend();
  EXPECT_EQ(remembered.get("/api/account/").status, 200);
  const auto cookies = unknown.cookies;
  EXPECT_EQ(unknown.get("/api/account/").status, 503);
  EXPECT_EQ(unknown.get("/auth/verify").code(), "store_unavailable") << "and no 401";
  EXPECT_EQ(unknown.cookies, cookies);
  service.clock.advance(std::chrono::seconds(30));
  EXPECT_EQ(remembered.get("/api/account/").status, 503) << "nobody is believed for longer";
  cluster.resume();
  EXPECT_TRUE(eventually([&] { return unknown.get("/api/account/").status == 200; }));
}

}  // namespace
}  // namespace latchkey::test
