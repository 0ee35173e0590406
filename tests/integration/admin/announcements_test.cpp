// What the application is told by webhook, seen in the outbox of a whole service: one event for
// each thing that happened, and none for what concerns nobody else.
#include <gmock/gmock.h>

#include "sql/webhooks.h"
#include "tests/integration/admin/staff_test.h"
#include "tests/integration/mail_slot.h"

namespace latchkey::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AnnouncementsTest : public StaffTest {
 protected:
  AnnouncementsTest()
      : StaffTest([](config::Config& config) {
          configure_mail(config);
          config.admin.webhook_url = "http://127.0.0.1:1/hook";
          config.admin.webhook_secret = Secret("a receiver's secret");
        }) {
    ada_ = service_.add_user({.email = "ada@example.com", .password = kPassword});
  }

  // "session.revoked {…}" for each event about Ada, oldest first.
  std::vector<std::string> events() {
    constexpr sql::Statement kEvents = {
        .name = "test.events_of",
        .text =
            "SELECT type || ' ' || (data - 'user_id')::text FROM webhook_deliveries"
            " WHERE user_id = $1 ORDER BY id"};
    return must(database_->execute(kEvents, sql::Parameters().int64(ada_)))
        .all([](const sql::Row& row) { return row.text(0); });
  }
  static std::string revoked(int count) {
    return "session.revoked {\"sessions\": " + std::to_string(count) + "}";
  }
  std::vector<Browser> log_in_times(int times) {
    std::vector<Browser> browsers;
    for (int i = 0; i < times; ++i) {
      browsers.push_back(service_.browser());
      EXPECT_EQ(log_in(browsers.back(), "ada@example.com", kPassword).status, 200);
    }
    return browsers;
  }
  static std::string path_of_session(Browser& browser, bool current) {
    const JsonDocument document = json(browser.get("/api/sessions/"));
    for (const JsonView session : document.root()["sessions"].items()) {
      if (session["current"].boolean() != current) continue;
      return "/api/sessions/" + std::to_string(session["id"].integer().value()) + "/";
    }
    return "";
  }

  sql::UserId ada_ = 0;
};

TEST_F(AnnouncementsTest, ASignInTellsOfTheUserAndTheIdentityAndComingBackOfNothing) {
  service_.approve_as("grace");
  Browser browser = service_.browser();
  EXPECT_EQ(sign_in(browser, "github").status, 303);
  const auto told = column("SELECT type || ' ' || data::text FROM webhook_deliveries ORDER BY id");
  ASSERT_EQ(told.size(), 2U);
  EXPECT_THAT(told[0], HasSubstr("user.created"));
  EXPECT_THAT(told[0], HasSubstr("grace.hopper@gmail.com"));
  EXPECT_THAT(told[1], HasSubstr("identity.linked"));
  EXPECT_EQ(sign_in(browser, "github").status, 303);
  EXPECT_EQ(column("SELECT type FROM webhook_deliveries").size(), 2U);
}

TEST_F(AnnouncementsTest, ALogOutHereIsNobodyElsesBusiness) {
  auto browsers = log_in_times(2);
  EXPECT_EQ(browsers[0].post("/api/logout/", "").status, 200);
  EXPECT_EQ(browsers[1].remove(path_of_session(browsers[1], true)).status, 200);
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(AnnouncementsTest, ALogOutEverywhereIsOneEvent) {
  auto browsers = log_in_times(3);
  EXPECT_EQ(browsers[0].post("/api/logout/?everywhere=1", "").status, 200);
  EXPECT_THAT(events(), ElementsAre(revoked(3)));
}

TEST_F(AnnouncementsTest, EndingAnotherDeviceIsAnEventOnceItIsThere) {
  auto browsers = log_in_times(2);
  const std::string other = path_of_session(browsers[0], false);
  EXPECT_EQ(browsers[0].remove(other).status, 200);
  EXPECT_THAT(events(), ElementsAre(revoked(1)));
  EXPECT_EQ(browsers[0].remove(other).code(), "not_found");
  EXPECT_THAT(events(), ElementsAre(revoked(1)));
}

TEST_F(AnnouncementsTest, EndingAllOtherDevicesIsOneEventWithTheirNumber) {
  auto browsers = log_in_times(4);
  EXPECT_EQ(browsers[0].remove("/api/sessions/").status, 200);
  EXPECT_THAT(events(), ElementsAre(revoked(3)));
  EXPECT_EQ(browsers[0].remove("/api/sessions/").status, 200);
  EXPECT_THAT(events(), ElementsAre(revoked(3))) << "there are no others";
}

TEST_F(AnnouncementsTest, ANewPasswordTellsOfTheOtherDevices) {
  auto browsers = log_in_times(3);
  const Answer changed = browsers[0].post(
      "/api/password/change/",
      form({{"current_password", kPassword}, {"new_password", "difference-engine"}}));
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(events(), ElementsAre(revoked(2)));
}

TEST_F(AnnouncementsTest, AResetPasswordTellsOfAllDevices) {
  log_in_times(2);
  Browser stranger = service_.browser();
  stranger.post("/api/password/reset/", form({{"email", "ada@example.com"}}));
  const Answer confirmed =
      stranger.post("/api/password/reset/confirm/",
                    form({{"token", mailed_token(service_, "ada@example.com", "reset_password")},
                          {"password", "difference-engine"}}));
  EXPECT_EQ(confirmed.status, 200) << confirmed.body;
  EXPECT_THAT(events(), ElementsAre(revoked(2)));
}

TEST_F(AnnouncementsTest, StaffWhoEndSessionsAreOneEvent) {
  log_in_times(2);
  EXPECT_EQ(remove(user_path(ada_, "sessions/?dry_run=1")).status, 200);
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(remove(user_path(ada_, "sessions/")).status, 200);
  EXPECT_THAT(events(), ElementsAre(revoked(2)));
}

}  // namespace
}  // namespace latchkey::test
