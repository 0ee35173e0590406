// Where the old address of a merged user leads: to the survivor by the word of its owner alone, and
// by nothing that is mailed or typed.
#include <gmock/gmock.h>

#include "base/url.h"
#include "tests/integration/admin/merge_fixture.h"
#include "tests/integration/mail_slot.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class MergedAddressTest : public MergeTest {
 protected:
  MergedAddressTest() : MergeTest(configure_mail) {}

  // A user with this address, who has become part of `into`.
  sql::UserId merged_away(const std::string& email, sql::UserId into, bool verified = true) {
    const auto id =
        service_.add_user({.email = email, .password = "yet another horse", .verified = verified});
    merged(id, into);
    return id;
  }
  // What the callback of a sign-in at the provider says: "" when it led in.
  static std::string sign_in_code(Browser& browser, const std::string& provider) {
    const auto url = Url::parse(callback_url_of(browser, provider));
    return browser.get("/api/social/" + provider + "/?" + url->query).code();
  }
};

// Google owns Grace's address (gmail.com).
TEST_F(MergedAddressTest, LeadsToTheSurvivorByTheWordOfTheProviderThatOwnsIt) {
  merged_away("grace.hopper@gmail.com", bob_);
  service_.approve_as("grace");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser, "google"), "");
  EXPECT_EQ(browser.get("/api/account/").text("email"), "bob@example.com");
  EXPECT_THAT(staff_.get("/api/admin/audit/?action=identity.link").body,
              HasSubstr("of a user who is part of this one"));
  EXPECT_EQ(mails_to(service_, "bob@example.com", "identity_linked"), 1);
  Browser again = service_.browser();
  EXPECT_EQ(sign_in_code(again, "google"), "") << "the identity is known now";
}

TEST_F(MergedAddressTest, LeadsToTheEndOfAChainOfMerges) {
  const auto grace = merged_away("grace.hopper@gmail.com", ada_);
  merged(ada_, bob_);
  service_.approve_as("grace");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser, "google"), "");
  EXPECT_EQ(browser.get("/api/account/").text("email"), "bob@example.com");
  EXPECT_EQ(user(grace).merged_into, ada_);
}

// Google knows Margaret's address to be hers, but another runs its domain.
TEST_F(MergedAddressTest, LeadsNowhereByTheWordOfOthers) {
  merged_away("margaret@example.net", bob_);
  service_.approve_as("margaret");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser, "google"), "account_disabled");
  EXPECT_EQ(service_.count("pending_sign_ins"), 0);
}

TEST_F(MergedAddressTest, ThatNobodyEverProvedLeadsNowhere) {
  merged_away("grace.hopper@gmail.com", bob_, false);
  service_.approve_as("grace");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser, "google"), "account_disabled");
}

TEST_F(MergedAddressTest, MakesNobodyStaff) {
  make_superuser(staff_id_);
  const auto boss = service_.add_user({.email = "boss@example.com", .staff = true});
  merged_away("grace.hopper@gmail.com", boss);
  service_.approve_as("grace");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser, "google"), "account_disabled");
}

TEST_F(MergedAddressTest, AnUndoGivesItBack) {
  const auto grace = service_.add_user({.email = "grace.hopper@gmail.com"});
  undo(merged(grace, bob_));
  service_.approve_as("grace");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in_code(browser, "google"), "");
  EXPECT_EQ(browser.get("/api/account/").text("email"), "grace.hopper@gmail.com");
}

TEST_F(MergedAddressTest, IsNoNameForAPasswordLogin) {
  merged_away("grace.hopper@gmail.com", bob_);
  Browser browser = service_.browser();
  EXPECT_EQ(log_in(browser, "grace.hopper@gmail.com", "yet another horse").status, 400);
  EXPECT_EQ(log_in(browser, "grace.hopper@gmail.com", "another horse entirely").status, 400)
      << "the survivor's password belongs to the survivor's address";
}

TEST_F(MergedAddressTest, GetsNoMailThatOpensTheSurvivor) {
  merged_away("grace.hopper@gmail.com", bob_);
  Browser browser = service_.browser();
  const Answer known = browser.post("/api/password/reset/", form({{"email", "bob@example.com"}}));
  const Answer old =
      browser.post("/api/password/reset/", form({{"email", "grace.hopper@gmail.com"}}));
  EXPECT_EQ(old.status, known.status);
  EXPECT_EQ(old.body, known.body);
  EXPECT_EQ(mails_to(service_, "grace.hopper@gmail.com", "reset_password"), 0);
  EXPECT_EQ(mails_to(service_, "bob@example.com", "reset_password"), 1);
}

TEST_F(MergedAddressTest, ExplainTellsWhereItLeads) {
  merged_away("grace.hopper@gmail.com", bob_);
  const Answer answer = staff_.get(
      "/api/admin/explain/?provider=google&subject=1&email=grace.hopper@gmail.com&verified=1");
  EXPECT_EQ(answer.text("decision"), "link_merged");
  EXPECT_EQ(json(answer).root()["account"]["id"].integer(), bob_);
}

}  // namespace
}  // namespace latchkey::test
