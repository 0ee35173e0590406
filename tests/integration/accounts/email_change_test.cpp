// Another address for an account (DESIGN sections 5 and 10).
#include <atomic>

#include "tests/integration/accounts/accounts_test.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

TEST_F(AccountsTest, ChangeOfAddressNeedsARecentLoginAndTheNewAddress) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser browser = signed_in(kAda, kPassword);
  const auto change = [&](const std::string& email) {
    return browser.post("/api/email/change/", form({{"email", email}}));
  };
  service_.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(change(kNew).code(), "reauthentication_required");
  EXPECT_EQ(browser.post("/api/reauthenticate/", form({{"password", "wrong"}})).status, 400);
  EXPECT_EQ(browser.post("/api/reauthenticate/", form({{"password", kPassword}})).status, 200);
  EXPECT_EQ(change(kNew).status, 200);
  EXPECT_EQ(browser.get("/api/account/").text("email"), kAda) << "until the link is used";
  EXPECT_EQ(verify(token(kNew, "change_email")).status, 200);
  EXPECT_EQ(browser.get("/api/account/").text("email"), kNew);
  EXPECT_EQ(mails_to(service_, kAda, "email_changed"), 1);
  EXPECT_EQ(try_login(kNew, kPassword).status, 200);
}

TEST_F(AccountsTest, ATakenAddressIsToldAtTheLinkOnly) {
  service_.add_user({.email = kAda, .password = kPassword});
  service_.add_user({.email = "taken@example.com"});
  Browser browser = signed_in(kAda, kPassword);
  const Answer free = browser.post("/api/email/change/", form({{"email", kNew}}));
  const Answer taken = browser.post("/api/email/change/", form({{"email", "taken@example.com"}}));
  EXPECT_EQ(essence(free), essence(taken));
  EXPECT_EQ(verify(token(kNew, "change_email")).code(), "link_invalid") << "only the newest counts";
  EXPECT_EQ(verify(token("taken@example.com", "change_email")).code(), "email_in_use");
}

TEST_F(AccountsTest, TwoAccountsCannotTakeOneAddressAtOnce) {
  std::vector<std::string> links;
  for (const char* email : {"one@example.com", "two@example.com"}) {
    service_.add_user({.email = email, .password = kPassword});
    Browser browser = signed_in(email, kPassword);
    browser.post("/api/email/change/", form({{"email", kNew}}));
    links.push_back(token(kNew, "change_email"));
  }
  ASSERT_NE(links[0], links[1]);
  std::atomic<int> won = 0;
  std::atomic<int> refused = 0;
  in_parallel(2, [&](int i) {
    Browser browser = service_.browser();
    const Answer answer =
        browser.post("/api/email/verify/", form({{"token", links[static_cast<std::size_t>(i)]}}));
    won += answer.status == 200 ? 1 : 0;
    refused += answer.code() == "email_in_use" ? 1 : 0;
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(refused, 1);
}

}  // namespace
}  // namespace latchkey::test
