// Proving once more who one is, through a provider (DESIGN section 10).
#include "tests/integration/accounts/accounts_test.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

TEST_F(AccountsTest, ReauthenticationThroughAProvider) {
  service_.add_user({.email = kAda});
  service_.approve_as("ada");
  Browser browser = service_.browser();
  ASSERT_EQ(latchkey::test::sign_in(browser, "github").status, 303);
  service_.clock.advance(std::chrono::minutes(6));
  const std::string change = form({{"email", kNew}});
  EXPECT_EQ(browser.post("/api/email/change/", change).code(), "reauthentication_required");
  const auto again = [&] {
    const Answer begun = browser.get("/auth/github/login?intent=reauthenticate&next=/account");
    EXPECT_THAT(begun.location(), HasSubstr("prompt=select_account"));
    return browser.get(browser.get(begun.location()).location());
  };
  const Answer returned = again();
  EXPECT_EQ(returned.status, 303);
  EXPECT_EQ(returned.location(), "/account");
  EXPECT_EQ(browser.post("/api/email/change/", change).status, 200);
  service_.approve_as("grace");
  EXPECT_EQ(again().status, 403) << "somebody else's identity";
  EXPECT_EQ(service_.count("users"), 1);
}

TEST_F(AccountsTest, ReauthenticationNeedsTheSessionThatBeganIt) {
  EXPECT_EQ(visitor_.get("/auth/github/login?intent=reauthenticate").status, 403);
  EXPECT_EQ(visitor_.get("/auth/github/login?intent=become_admin").status, 400);
  service_.add_user({.email = kAda});
  service_.approve_as("ada");
  Browser browser = service_.browser();
  ASSERT_EQ(latchkey::test::sign_in(browser, "github").status, 303);
  const Answer begun = browser.get("/auth/github/login?intent=reauthenticate");
  const Answer approved = browser.get(begun.location());
  browser.cookies.erase("sessionid");
  EXPECT_EQ(browser.get(approved.location()).status, 400);
  EXPECT_TRUE(browser.cookies.find("sessionid") == browser.cookies.end()) << "signs nobody in";
}

}  // namespace
}  // namespace latchkey::test
