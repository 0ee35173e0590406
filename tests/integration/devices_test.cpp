// Where a user is signed in, and the notice of a device that was not seen before (DESIGN section
// 5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/mail_slot.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

constexpr const char* kEmail = "ada@example.com";
constexpr const char* kPassword = "analytical-engine";
constexpr const char* kFirefox =
    "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
constexpr const char* kNewerFirefox =
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";
constexpr const char* kSafari =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

class DevicesTest : public testing::Test {
 protected:
  explicit DevicesTest(const Service::Adjust& adjust = configure_mail) : service_(adjust) {
    service_.add_user({.email = kEmail, .password = kPassword});
    service_.approve_as("ada");
  }

  Answer enter(Browser& browser, const std::string& user_agent, const std::string& from = "") {
    JsonWriter json;
    json.begin_object().field("email", kEmail).field("password", kPassword).end_object();
    HeaderList headers{{"User-Agent", user_agent}};
    if (!from.empty()) headers.emplace_back("X-Forwarded-For", from);
    return browser.post("/api/login/", json.text(), headers);
  }
  struct Device {
    std::string path, name, method, label;
    bool current = false;
  };
  static std::vector<Device> devices(Browser& browser) {
    const auto document = JsonDocument::parse(browser.get("/api/sessions/").body);
    std::vector<Device> devices;
    for (const JsonView item : document->root()["sessions"].items()) {
      devices.push_back({.path = "/api/sessions/" + std::to_string(*item["id"].integer()) + "/",
                         .name = std::string(*item["device"].string()),
                         .method = std::string(*item["method"].string()),
                         .label = std::string(*item["method_label"].string()),
                         .current = *item["current"].boolean()});
    }
    return devices;
  }
  [[nodiscard]] std::int64_t notices() const { return mails_to(service_, kEmail, "new_device"); }

  Service service_;
  Browser browser_ = service_.browser();
};

TEST_F(DevicesTest, AreListedTheCurrentOneFirst) {
  enter(browser_, kFirefox);
  service_.clock.advance(std::chrono::minutes(1));
  Browser phone = service_.browser();
  enter(phone, kSafari);
  service_.clock.advance(std::chrono::minutes(1));
  Browser third = service_.browser();
  sign_in(third, "github");

  const auto seen = devices(browser_);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_TRUE(seen[0].current);
  EXPECT_EQ(seen[0].name, "Firefox on Linux");
  EXPECT_EQ(seen[0].label, "Password");
  EXPECT_FALSE(seen[1].current);
  EXPECT_EQ(seen[1].method, "github");
  EXPECT_EQ(seen[1].label, "GitHub");
  EXPECT_EQ(seen[2].name, "Safari on iPhone");
  EXPECT_THAT(browser_.get("/api/sessions/").body, HasSubstr(R"("ip":"127.0.0.1")"));
  Browser stranger = service_.browser();
  EXPECT_EQ(stranger.get("/api/sessions/").code(), "not_authenticated");
}

TEST_F(DevicesTest, LastSeenIsWhatThisProcessHasSeen) {
  enter(browser_, kFirefox);
  service_.clock.advance(std::chrono::hours(1));
  const std::string listed = browser_.get("/api/sessions/").body;
  const JsonDocument document = must(JsonDocument::parse(listed));
  const JsonView item = document.root()["sessions"].items().front();
  EXPECT_NE(item["last_seen_at"].string(), item["created_at"].string()) << listed;
}

TEST_F(DevicesTest, ExpiredSessionsAreNotListed) {
  enter(browser_, kFirefox);
  service_.clock.advance(std::chrono::hours(25));
  Browser fresh = service_.browser();
  enter(fresh, kFirefox);
  EXPECT_EQ(devices(fresh).size(), 1U);
}

TEST_F(DevicesTest, OneIsEndedAndRefusedAtOnce) {
  Browser phone = service_.browser();
  enter(phone, kSafari);
  enter(browser_, kFirefox);
  EXPECT_EQ(phone.get("/api/account/").status, 200);
  const Answer ended = browser_.remove(devices(browser_).back().path);
  EXPECT_EQ(ended.status, 200) << ended.body;
  EXPECT_EQ(ended.set_cookie("sessionid"), "");
  EXPECT_EQ(phone.get("/api/account/").status, 403);
  EXPECT_EQ(devices(browser_).size(), 1U);
}

TEST_F(DevicesTest, EndingTheCurrentOneIsALogout) {
  enter(browser_, kFirefox);
  const Answer ended = browser_.remove(devices(browser_).front().path);
  EXPECT_EQ(ended.status, 200);
  EXPECT_THAT(ended.set_cookie("sessionid"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(browser_.get("/api/account/").status, 403);
  EXPECT_EQ(service_.count("sessions"), 0);
}

TEST_F(DevicesTest, AllOthersAreEnded) {
  Browser phone = service_.browser();
  enter(phone, kSafari);
  Browser tablet = service_.browser();
  enter(tablet, kSafari);
  enter(browser_, kFirefox);
  service_.approve_as("grace");
  Browser grace = service_.browser();
  sign_in(grace, "github");
  EXPECT_THAT(browser_.remove("/api/sessions/").body, HasSubstr(R"("ended":2)"));
  EXPECT_EQ(phone.get("/api/account/").status, 403);
  EXPECT_EQ(tablet.get("/api/account/").status, 403);
  EXPECT_EQ(browser_.get("/api/account/").status, 200);
  EXPECT_EQ(grace.get("/api/account/").status, 200) << "another user's";
}

TEST_F(DevicesTest, AnothersSessionIsNotFound) {
  enter(browser_, kFirefox);
  service_.approve_as("grace");
  Browser grace = service_.browser();
  sign_in(grace, "github");
  EXPECT_EQ(grace.remove(devices(browser_).front().path).code(), "not_found");
  for (const char* id : {"0", "-1", "999999", "x", "99999999999999999999"}) {
    EXPECT_EQ(grace.remove(std::string("/api/sessions/") + id + "/").code(), "not_found") << id;
  }
  EXPECT_EQ(browser_.get("/api/account/").status, 200);
}

TEST_F(DevicesTest, EndingNeedsTheToken) {
  enter(browser_, kFirefox);
  EXPECT_EQ(browser_.send("DELETE", devices(browser_).front().path, "", {}).code(), "csrf_failed");
  EXPECT_EQ(browser_.send("DELETE", "/api/sessions/", "", {}).code(), "csrf_failed");
  EXPECT_EQ(service_.count("sessions"), 1);
}

TEST_F(DevicesTest, ANewDeviceIsToldButNotTheFirstNorAKnownOne) {
  enter(browser_, kFirefox);
  EXPECT_EQ(notices(), 0) << "the very first sign-in";
  Browser updated = service_.browser();
  enter(updated, kNewerFirefox);
  EXPECT_EQ(notices(), 0) << "an update is no new device";
  Browser phone = service_.browser();
  enter(phone, kSafari);
  EXPECT_EQ(notices(), 1);
  Browser again = service_.browser();
  enter(again, kSafari);
  EXPECT_EQ(notices(), 1) << "known by now";
}

TEST_F(DevicesTest, ANewDeviceIsToldAfterASocialSignInToo) {
  enter(browser_, kFirefox);
  Browser phone = service_.browser();
  sign_in(phone, "github");  // links, and tells that
  EXPECT_EQ(notices(), 0);
  const std::string callback = callback_url_of(phone, "github");
  EXPECT_EQ(phone.get(callback, {{"User-Agent", kSafari}}).status, 303);
  EXPECT_EQ(notices(), 1);
}

TEST_F(DevicesTest, AKnownDeviceStaysKnownWhenItsSessionsAreGone) {
  enter(browser_, kFirefox);
  Browser phone = service_.browser();
  enter(phone, kSafari);
  EXPECT_EQ(phone.post("/api/logout/?everywhere=1", "").status, 200);
  enter(browser_, kFirefox);
  enter(phone, kSafari);
  EXPECT_EQ(notices(), 1);
}

class DevicesBehindProxyTest : public DevicesTest {
 protected:
  DevicesBehindProxyTest()
      : DevicesTest([](config::Config& config) {
          configure_mail(config);
          config.server.trusted_proxies = {"127.0.0.1"};
        }) {}
};

TEST_F(DevicesBehindProxyTest, ANetworkThatWasNotSeenBeforeIsTold) {
  enter(browser_, kFirefox, "192.0.2.7");
  enter(browser_, kFirefox, "192.0.200.8");
  EXPECT_EQ(notices(), 0) << "the same /16";
  enter(browser_, kFirefox, "203.0.113.9");
  EXPECT_EQ(notices(), 1);
  enter(browser_, kFirefox, "203.0.113.10");
  EXPECT_EQ(notices(), 1);
  enter(browser_, kFirefox, "2001:db8:1::1");
  EXPECT_EQ(notices(), 2);
  enter(browser_, kFirefox, "2001:db8:ffff::1");
  EXPECT_EQ(notices(), 2) << "the same /32";
}

}  // namespace
}  // namespace latchkey::test
