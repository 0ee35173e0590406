// The administration's users: made, shown, changed, disabled, and what nobody may do to themselves.
#include <gmock/gmock.h>

#include "sql/mails.h"
#include "tests/integration/admin/staff_test.h"
#include "tests/integration/mail_slot.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class AdminUsersTest : public StaffTest {
 protected:
  sql::UserId ada_ = service_.add_user({.email = "ada@example.com", .password = kPassword});
  bool flag(const Answer& answer, std::string_view member) {
    return must(JsonDocument::parse(answer.body)).root()[member].boolean().value();
  }
};

TEST_F(AdminUsersTest, AUserIsMadeWithAReasonAndAnAuditEntry) {
  const Answer made = change("POST", "/api/admin/users/",
                             R"({"email":"New@Example.com","name":"New","verified":true,)"
                             R"("password":"correct horse","reason":"asked by telephone"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.text("email"), "new@example.com");
  EXPECT_TRUE(flag(made, "email_verified"));
  EXPECT_TRUE(flag(made, "has_password"));
  EXPECT_EQ(made.body.find("argon2"), std::string::npos);

  const Answer log = staff_.get("/api/admin/audit/?action=user.create");
  EXPECT_THAT(log.body, HasSubstr("asked by telephone"));
  EXPECT_THAT(log.body, HasSubstr(R"("actor":"staff@example.com")"));

  Browser browser = service_.browser();
  EXPECT_EQ(log_in(browser, "new@example.com", "correct horse").status, 200);
}

TEST_F(AdminUsersTest, ATakenOrImpossibleAddressIsRefusedByName) {
  const auto create = [&](const std::string& email) {
    return change("POST", "/api/admin/users/", R"({"email":")" + email + R"(","reason":"a test"})");
  };
  EXPECT_EQ(create("ADA@example.com").code(), "email_in_use");
  const Answer bad = create("not an address");
  EXPECT_EQ(bad.code(), "validation_failed");
  EXPECT_THAT(bad.body, HasSubstr(R"("errors":{"email":)"));
  const Answer weak = change("POST", "/api/admin/users/",
                             R"({"email":"n@example.com","password":"x","reason":"a test"})");
  EXPECT_THAT(weak.body, HasSubstr(R"("errors":{"password":)"));
}

class AdminUserMailsTest : public StaffTest {
 protected:
  AdminUserMailsTest() : StaffTest(configure_mail) {}
  sql::UserId ada_ = service_.add_user({.email = "ada@example.com"});
};

TEST_F(AdminUserMailsTest, MailsAreShownWithWhatBecameOfThemAndNeverWhatTheySay) {
  const auto post = [&](const std::string& kind, std::optional<sql::UserId> user,
                        const std::string& recipient = "ada@example.com") {
    must(sql::mails::post(*database_, {.kind = kind,
                                       .recipient = recipient,
                                       .user_id = user,
                                       .subject = "the secret subject",
                                       .text = "the secret text",
                                       .html = "the secret page",
                                       .created_at = service_.clock.now()}));
  };
  const auto claim = [&] {
    return *must(sql::mails::claim(*database_, service_.clock.now(),
                                   service_.clock.now() + std::chrono::hours(1)));
  };
  post("reset_password", ada_);
  must(sql::mails::mark_sent(*database_, claim(), service_.clock.now()));
  post("change_email", ada_, "new@example.com");
  must(sql::mails::give_up(*database_, claim(), service_.clock.now(), "550 no such user"));
  post("sign_in_code", std::nullopt);
  post("sign_in_code", std::nullopt, "bob@example.com");
  post("new_device", staff_id_);

  const Answer answer = staff_.get(user_path(ada_));
  const JsonDocument document = json(answer);
  const auto mails = document.root()["mails"].items();
  ASSERT_EQ(mails.size(), 3U) << answer.body;
  EXPECT_EQ(mails[0]["kind"].string(), "sign_in_code");
  EXPECT_EQ(mails[0]["state"].string(), "waiting");
  EXPECT_TRUE(mails[0]["sent_at"].is_null());
  EXPECT_EQ(mails[1]["recipient"].string(), "new@example.com");
  EXPECT_EQ(mails[1]["state"].string(), "failed");
  EXPECT_EQ(mails[1]["attempts"].integer(), 1);
  EXPECT_EQ(mails[1]["last_error"].string(), "550 no such user");
  EXPECT_EQ(mails[2]["state"].string(), "sent");
  EXPECT_TRUE(mails[2]["sent_at"].string());
  EXPECT_TRUE(mails[2]["last_error"].is_null());
  EXPECT_THAT(answer.body, Not(HasSubstr("secret")));
}

// Else whoever was locked out of the account would take it back with a link of before.
TEST_F(AdminUserMailsTest, AChangeOfAddressEndsTheLinksThatWereMailedBefore) {
  const sql::UserId bob = service_.add_user({.email = "bob@example.com", .password = kPassword});
  Browser browser = service_.browser();
  log_in(browser, "bob@example.com", kPassword);
  EXPECT_EQ(browser.post("/api/email/change/", form({{"email", "evil@example.net"}})).status / 100,
            2);
  const std::string token = mailed_token(service_, "evil@example.net", "change_email");
  ASSERT_NE(token, "");
  ASSERT_EQ(patch(user_path(bob), R"("email":"robert@example.com","verified":true)").status, 200);
  EXPECT_EQ(browser.post("/api/email/verify/", form({{"token", token}})).code(), "link_invalid");
  EXPECT_EQ(user(bob).email, "robert@example.com");
}

// Else a sign-up that was overtaken by an administrator's word would come to count again.
TEST_F(AdminUserMailsTest, WhatIsNoLongerVerifiedIsNotProvenByALinkOfBefore) {
  Browser stranger = service_.browser();
  const std::string sign_up =
      form({{"email", "eve@example.com"}, {"password", "difference-engine"}});
  ASSERT_EQ(stranger.post("/api/signup/", sign_up).status, 202);
  const std::string token = mailed_token(service_, "eve@example.com", "confirm_email");
  ASSERT_NE(token, "");
  const auto eve = must(sql::users::find_by_email(*database_, *Email::parse("eve@example.com")));
  ASSERT_EQ(patch(user_path(eve->id), R"("verified":true)").status, 200);
  ASSERT_EQ(patch(user_path(eve->id), R"("verified":false)").status, 200);
  EXPECT_EQ(stranger.post("/api/email/verify/", form({{"token", token}})).code(), "link_invalid");
  EXPECT_FALSE(user(eve->id).email_verified());
}

TEST_F(AdminUserMailsTest, TheNewestTwentyMailsAreShown) {
  constexpr sql::Statement kMany = {
      .name = "test.many_mails",
      .text =
          "INSERT INTO mails (kind, recipient, user_id, subject, text_body, html_body, created_at,"
          " next_attempt_at) SELECT 'new_device', 'ada@example.com',"
          " CASE WHEN n % 2 = 0 THEN $1::bigint END, 's', 't', 'h', now(), now()"
          " FROM generate_series(1, 30) AS n"};
  must(database_->execute(kMany, sql::Parameters().int64(ada_)));
  const JsonDocument document = json(staff_.get(user_path(ada_)));
  const auto mails = document.root()["mails"].items();
  ASSERT_EQ(mails.size(), 20U);
  for (std::size_t i = 1; i < mails.size(); ++i) {
    EXPECT_EQ(mails[i]["id"].integer().value(), mails[i - 1]["id"].integer().value() - 1);
  }
}

TEST_F(AdminUsersTest, TheWholeOfAUserIsShown) {
  Browser browser = service_.browser();
  log_in(browser, "ada@example.com", kPassword);
  const Answer shown = staff_.get(user_path(ada_));
  EXPECT_EQ(shown.status, 200);
  for (const char* member : {"identities", "sessions", "audit", "created_at", "disabled"}) {
    EXPECT_THAT(shown.body, HasSubstr(std::string("\"") + member + "\":"));
  }
  EXPECT_THAT(shown.body, HasSubstr(R"("method":"password")"));
  EXPECT_EQ(staff_.get("/api/admin/users/4711/").code(), "user_unknown");
  EXPECT_EQ(staff_.get("/api/admin/users/x/").code(), "user_unknown");
  EXPECT_EQ(staff_.get("/api/admin/users/99999999999999999999/").code(), "user_unknown");
}

TEST_F(AdminUsersTest, DisablingEndsEverySessionAtOnce) {
  Browser browser = service_.browser();
  log_in(browser, "ada@example.com", kPassword);
  ASSERT_EQ(browser.get("/api/account/").status, 200);
  const Answer disabled =
      change("PATCH", user_path(ada_), R"({"disabled":true,"reason":"left the company"})");
  ASSERT_EQ(disabled.status, 200) << disabled.body;
  EXPECT_TRUE(flag(disabled, "disabled"));
  EXPECT_EQ(browser.get("/api/account/").status, 403);
  EXPECT_EQ(log_in(browser, "ada@example.com", kPassword).status, 400);

  change("PATCH", user_path(ada_), R"({"disabled":false,"reason":"came back"})");
  EXPECT_EQ(browser.get("/api/account/").status, 403);  // what ended stays ended
  EXPECT_EQ(log_in(browser, "ada@example.com", kPassword).status, 200);
}

TEST_F(AdminUsersTest, ANewAddressIsUnverifiedUnlessStaffVouchForIt) {
  const Answer changed =
      change("PATCH", user_path(ada_), R"({"email":"countess@example.com","reason":"married"})");
  EXPECT_FALSE(flag(changed, "email_verified")) << changed.body;
  const Answer vouched = change(
      "PATCH", user_path(ada_),
      R"({"email":"lovelace@example.com","verified":true,"name":"Ada L","reason":"passport seen"})");
  EXPECT_TRUE(flag(vouched, "email_verified"));
  EXPECT_EQ(vouched.text("name"), "Ada L");
  EXPECT_EQ(
      change("PATCH", user_path(ada_), R"({"email":"staff@example.com","reason":"x"})").code(),
      "email_in_use");
}

TEST_F(AdminUsersTest, WhatIsNotUnderstoodIsRefused) {
  EXPECT_EQ(change("PATCH", user_path(ada_), R"({"disable":true,"reason":"x"})").code(),
            "validation_failed");
  EXPECT_EQ(change("PATCH", user_path(ada_), R"({"disabled":"yes","reason":"x"})").code(),
            "validation_failed");
  EXPECT_FALSE(user(ada_).disabled());
}

TEST_F(AdminUsersTest, NobodyLocksThemselvesOut) {
  service_.add_user({.email = "second@example.com", .staff = true});
  for (const char* body :
       {R"({"disabled":true,"reason":"x"})", R"({"is_staff":false,"reason":"x"})"}) {
    const Answer answer = change("PATCH", user_path(staff_id_), body);
    EXPECT_EQ(answer.status, 409);
    EXPECT_EQ(answer.code(), "own_account");
  }
  EXPECT_TRUE(user(staff_id_).is_staff);
}

TEST_F(AdminUsersTest, EndingSessionsOfAUserOneOrAll) {
  Browser one = service_.browser();
  Browser two = service_.browser();
  log_in(one, "ada@example.com", kPassword);
  log_in(two, "ada@example.com", kPassword);
  const Answer list = staff_.get(user_path(ada_) + "sessions/");
  const JsonDocument document = must(JsonDocument::parse(list.body));
  const auto sessions = document.root()["results"].items();
  ASSERT_EQ(sessions.size(), 2U);

  const std::string oldest = std::to_string(sessions[1]["id"].integer().value());
  EXPECT_EQ(change("DELETE", user_path(staff_id_) + "sessions/" + oldest + "/?reason=x", "").code(),
            "session_unknown");
  EXPECT_EQ(change("DELETE", user_path(ada_) + "sessions/" + oldest + "/?reason=x", "").status,
            200);
  EXPECT_EQ(one.get("/api/account/").status, 403);
  EXPECT_EQ(two.get("/api/account/").status, 200);
  EXPECT_EQ(change("DELETE", user_path(ada_) + "sessions/", R"({"reason":"stolen"})").body,
            R"({"ended":1})");
  EXPECT_EQ(two.get("/api/account/").status, 403);
}

TEST_F(AdminUsersTest, ADryRunAnswersTheChangeAndLeavesTheDatabaseAsItWas) {
  Browser browser = service_.browser();
  log_in(browser, "ada@example.com", kPassword);
  const auto before = contents();
  const Answer disabled =
      change("PATCH", user_path(ada_) + "?dry_run=1", R"({"disabled":true,"reason":"x"})");
  EXPECT_EQ(disabled.status, 200);
  EXPECT_THAT(disabled.body, HasSubstr(R"({"dry_run":true,"changes":[{"action":"user.disable")"));
  EXPECT_EQ(
      change("POST", "/api/admin/users/?dry_run=1", R"({"email":"n@example.com","reason":"x"})")
          .status,
      200);
  EXPECT_EQ(change("DELETE", user_path(ada_) + "sessions/?dry_run=1", R"({"reason":"x"})").status,
            200);
  EXPECT_EQ(contents(), before);
  EXPECT_EQ(browser.get("/api/account/").status, 200);
}

}  // namespace
}  // namespace latchkey::test
