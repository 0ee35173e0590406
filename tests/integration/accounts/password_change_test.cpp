// Passwords of who is signed in (DESIGN section 10; SECURITY rules 11 and 15).
#include "sql/users.h"
#include "tests/integration/accounts/accounts_test.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

TEST_F(AccountsTest, ChangeOfPasswordEndsOtherSessionsAndRenewsThisOne) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser browser = signed_in(kAda, kPassword);
  Browser thief = signed_in(kAda, kPassword);
  const std::string before = browser.cookies["sessionid"];
  const std::string csrf = browser.cookies["csrftoken"];
  const auto change = [&](const std::string& current, const std::string& next) {
    return browser.post("/api/password/change/",
                        form({{"current_password", current}, {"new_password", next}}));
  };
  EXPECT_THAT(change("wrong", kOther).body, HasSubstr(R"("errors":{"current_password":[)"));
  EXPECT_THAT(change("", kOther).body, HasSubstr(R"("errors":{"current_password":[)"));
  EXPECT_THAT(change(kPassword, "12345678").body, HasSubstr(R"("errors":{"new_password":[)"));
  EXPECT_EQ(change(kPassword, kOther).status, 200);
  EXPECT_NE(browser.cookies["sessionid"], before);
  EXPECT_NE(browser.cookies["csrftoken"], csrf);
  EXPECT_EQ(browser.get("/api/account/").status, 200);
  EXPECT_EQ(thief.get("/api/account/").status, 403);
  thief.cookies["sessionid"] = before;
  EXPECT_EQ(thief.get("/api/account/").status, 403);
  EXPECT_EQ(mails_to(service_, kAda, "password_changed"), 1);
  EXPECT_EQ(try_login(kAda, kOther).status, 200);
}

TEST_F(AccountsTest, GuessesAtTheCurrentPasswordCountAsFailedLogins) {
  service_.add_user({.email = kAda, .password = kPassword});
  Browser browser = signed_in(kAda, kPassword);
  for (int i = 0; i < 5; ++i) {
    browser.post("/api/reauthenticate/", form({{"password", "wrong"}}));
  }
  EXPECT_EQ(browser.post("/api/reauthenticate/", form({{"password", kPassword}})).status, 429);
}

// m = 8 MiB, t = 1: an earlier cost.
constexpr const char* kOldHash =
    "$argon2id$v=19$m=8192,t=1,p=1$zDBYFq3E8lk2JchaQ2fDTw$kw+NSpJMMsUV/"
    "OpcMV84R+xwJu1O+Y84f4pOqDoOHlo";

TEST_F(AccountsTest, AnOldHashIsReplacedAtTheLoginThatProvesIt) {
  const sql::UserId id = service_.add_user({.email = kAda});
  const auto connection = service_.database();
  ASSERT_TRUE(sql::users::set_password_hash(*connection, id, kOldHash));
  EXPECT_EQ(try_login(kAda, kOther).status, 400);
  EXPECT_EQ((*sql::users::find_by_id(*connection, id))->password_hash, kOldHash);
  EXPECT_EQ(try_login(kAda, kPassword).status, 200);
  EXPECT_THAT((*sql::users::find_by_id(*connection, id))->password_hash.value_or(""),
              HasSubstr("$m=19456,t=2,p=1$"));
  EXPECT_EQ(try_login(kAda, kPassword).status, 200);
  // A change of password at the same time has won already.
  EXPECT_FALSE(*sql::users::replace_password_hash(*connection, id, kOldHash, "$other"));
}

}  // namespace
}  // namespace latchkey::test
