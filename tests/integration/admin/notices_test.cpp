// What the owner of an account is mailed when staff change it: the same as when they do it
// themselves, and not from where staff work.
#include <gmock/gmock.h>

#include "tests/integration/admin/merge_fixture.h"
#include "tests/integration/mail_slot.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class StaffNoticesTest : public MergeTest {
 protected:
  StaffNoticesTest() : MergeTest(configure_mail) {}

  // "identity_linked ada@example.com" for each mail but those of the test's own sign-ins, oldest
  // first.
  std::vector<std::string> mails() {
    return column("SELECT kind || ' ' || recipient FROM mails ORDER BY id");
  }
  std::string text_of(const std::string& recipient) {
    constexpr sql::Statement kText = {
        .name = "test.mail_text",
        .text = "SELECT text_body FROM mails WHERE recipient = $1 ORDER BY id DESC LIMIT 1"};
    return must(database_->execute(kText, sql::Parameters().text(recipient)))[0].text(0);
  }
};

TEST_F(StaffNoticesTest, LinkingMovingAndUnlinkingAreTold) {
  post(user_path(ada_, "identities/"), R"("provider":"facebook","subject":"42")");
  EXPECT_THAT(mails(), ElementsAre("identity_linked ada@example.com"));
  const std::string text = text_of("ada@example.com");
  EXPECT_THAT(text, HasSubstr("Facebook"));
  EXPECT_THAT(text, HasSubstr("Done by: the people who run"));
  EXPECT_THAT(text, Not(HasSubstr("127.0.0.1"))) << "where staff work is nobody's business";
  EXPECT_THAT(text, Not(HasSubstr("Device:")));

  post(user_path(bob_, "identities/"), R"("provider":"facebook","subject":"42","move":true)");
  EXPECT_THAT(mails(),
              ElementsAre("identity_linked ada@example.com", "identity_unlinked ada@example.com",
                          "identity_linked bob@example.com"));
  remove(user_path(bob_, "identities/" + std::to_string(find("facebook", "42")->id) + "/"));
  EXPECT_EQ(mails().back(), "identity_unlinked bob@example.com");
  EXPECT_EQ(mails().size(), 4U);
}

TEST_F(StaffNoticesTest, AChangeOfAddressIsToldAtTheFormerOne) {
  patch(user_path(ada_), R"("email":"countess@example.com")");
  EXPECT_THAT(mails(), ElementsAre("email_changed ada@example.com"));
  EXPECT_THAT(text_of("ada@example.com"), HasSubstr("countess@example.com"));
  patch(user_path(ada_), R"("name":"Ada")");
  EXPECT_EQ(mails().size(), 1U);
}

TEST_F(StaffNoticesTest, AMergeIsToldToBothAndOnlyTheSurvivorHearsOfTheOther) {
  merged(ada_, bob_);
  EXPECT_THAT(mails(),
              ElementsAre("accounts_merged ada@example.com", "accounts_merged bob@example.com"));
  EXPECT_THAT(text_of("bob@example.com"), HasSubstr("ada@example.com"));
  EXPECT_THAT(text_of("ada@example.com"), Not(HasSubstr("bob@example.com")));
  EXPECT_THAT(text_of("ada@example.com"), HasSubstr("Done by: the people who run"));
}

TEST_F(StaffNoticesTest, AnAddressThatNobodyProvedHearsNothing) {
  const auto cyd = service_.add_user({.email = "cyd@example.com", .verified = false});
  post(user_path(cyd, "identities/"), R"("provider":"github","subject":"cyd")");
  merge(cyd, bob_);
  EXPECT_THAT(mails(), ElementsAre("accounts_merged bob@example.com"));
}

TEST_F(StaffNoticesTest, ADryRunAndARefusedChangeAreNotTold) {
  merge(ada_, bob_, "", "?dry_run=1");
  post(user_path(ada_, "identities/?dry_run=1"), R"("provider":"facebook","subject":"42")");
  post(user_path(ada_, "identities/"), R"("provider":"google","subject":"bob")");
  EXPECT_THAT(mails(), IsEmpty());
}

}  // namespace
}  // namespace latchkey::test
