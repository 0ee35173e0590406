// A new password by mail (DESIGN section 10; SECURITY rules 13 and 14).
#include <atomic>

#include "tests/integration/accounts/accounts_test.h"
#include "tests/support/parallel.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

TEST_F(AccountsTest, ResetSetsThePasswordAndEndsEverySession) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser thief = signed_in(kAda, kPassword);
  ask_reset(kAda);
  const std::string link = token(kAda, "reset_password");
  const Answer weak = reset(link, "password1");
  EXPECT_THAT(weak.body, HasSubstr(R"("errors":{"password":[)"));
  EXPECT_EQ(reset(link, kOther).status, 200) << "a refused password does not use the link up";
  EXPECT_EQ(reset(link, kPassword).code(), "link_invalid");
  EXPECT_EQ(thief.get("/api/account/").status, 403);
  EXPECT_EQ(try_login(kAda, kPassword).status, 400);
  EXPECT_EQ(try_login(kAda, kOther).status, 200);
  EXPECT_EQ(mails_to(service_, kAda, "password_changed"), 1);
}

TEST_F(AccountsTest, ResetAnswersTheSameForEveryAddress) {
  service_.add_user({.email = kAda, .password = kPassword});
  service_.add_user({.email = "social@example.com"});
  service_.add_user({.email = "gone@example.com", .password = kPassword, .disabled = true});
  const std::string known = essence(ask_reset(kAda));
  for (const char* other : {"nobody@example.com", "social@example.com", "gone@example.com"}) {
    const std::int64_t events = service_.count("audit_events");
    EXPECT_EQ(essence(ask_reset(other)), known) << other;
    EXPECT_EQ(service_.count("audit_events"), events + 1) << other;
  }
  EXPECT_EQ(mails_to(service_, "nobody@example.com", "reset_password"), 0);
  EXPECT_EQ(mails_to(service_, "gone@example.com", "reset_password"), 0);
  EXPECT_EQ(reset(token("social@example.com", "reset_password"), kOther).status, 200);
  EXPECT_EQ(try_login("social@example.com", kOther).status, 200) << "a first password";
}

TEST_F(AccountsTest, ResetIsOpenToALockedAccountAndUnlocksIt) {
  service_.add_user({.email = kAda, .password = kPassword});
  for (int i = 0; i < 5; ++i) try_login(kAda, "wrong");
  EXPECT_EQ(try_login(kAda, kPassword).status, 429);
  ask_reset(kAda);
  EXPECT_EQ(reset(token(kAda, "reset_password"), kOther).status, 200);
  EXPECT_EQ(try_login(kAda, kOther).status, 200);
}

TEST_F(AccountsTest, OneResetLinkSetsOnePasswordHoweverManyComeAtOnce) {
  service_.add_user({.email = kAda, .password = kPassword});
  ask_reset(kAda);
  const std::string link = token(kAda, "reset_password");
  std::atomic<int> won = 0;
  in_parallel(8, [&](int i) {
    Browser browser = service_.browser();
    const std::string password = "difference-engine-" + std::to_string(i);
    won += browser.post("/api/password/reset/confirm/",
                        form({{"token", link}, {"password", password}}))
                       .status == 200
               ? 1
               : 0;
  });
  EXPECT_EQ(won, 1);
}

}  // namespace
}  // namespace latchkey::test
