// How the configured providers are, as staff see it without asking any of them.
#include <gmock/gmock.h>

#include "tests/integration/admin/staff_test.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class AdminProvidersTest : public StaffTest {
 protected:
  explicit AdminProvidersTest(const Service::Adjust& adjust = {}) : StaffTest(adjust) {}

  JsonDocument list() { return json(staff_.get("/api/admin/providers/")); }
  // A member of one provider's entry, as JSON text would show a string; "null" and numbers too.
  std::string member(const std::string& id, const std::string& name) {
    const JsonDocument document = list();
    for (const JsonView provider : document.root()["providers"].items()) {
      if (provider["id"].string() != id) continue;
      const JsonView value = provider[name];
      if (const auto text = value.string()) return std::string(*text);
      if (const auto number = value.integer()) return std::to_string(*number);
      if (const auto flag = value.boolean()) return *flag ? "true" : "false";
      return value.is_null() ? "null" : "absent";
    }
    return "no such provider";
  }
  // One visitor who gets as far as the provider lets them.
  void visit(const std::string& provider) {
    Browser browser = service_.browser();
    const Answer begun = browser.get("/auth/" + provider + "/login");
    if (begun.status != 302) return;
    browser.get(browser.get(begun.location()).location());
  }
};

TEST_F(AdminProvidersTest, ThoseNobodyHasUsedAreFineAndWithoutAHistory) {
  EXPECT_EQ(list().root()["providers"].items().size(), 4U);
  EXPECT_EQ(member("github", "label"), "GitHub");
  EXPECT_EQ(member("intranet", "type"), "oidc");
  EXPECT_EQ(member("github", "enabled"), "true");
  EXPECT_EQ(member("github", "state"), "ok");
  EXPECT_EQ(member("github", "detail"), "null");
  EXPECT_EQ(member("github", "failures"), "0");
  for (const char* time : {"retry_at", "last_success_at", "last_failure_at"}) {
    EXPECT_EQ(member("github", time), "null");
  }
  EXPECT_EQ(service_.requests("google", "discovery"), 0) << "looking asks no provider";
}

TEST_F(AdminProvidersTest, AnIllProviderSaysSinceWhenAndWhenItIsAskedAgain) {
  service_.approve_as("ada");
  visit("github");
  EXPECT_NE(member("github", "last_success_at"), "null");
  service_.order_fault("github", "server_error", 5);
  for (int i = 0; i < 5; ++i) visit("github");
  EXPECT_EQ(member("github", "state"), "ill");
  EXPECT_EQ(member("github", "failures"), "5");
  EXPECT_THAT(member("github", "detail"), HasSubstr("500"));
  EXPECT_THAT(member("github", "retry_at"), HasSubstr("T"));
  EXPECT_THAT(member("github", "last_failure_at"), HasSubstr("T"));
  EXPECT_EQ(member("google", "state"), "ok") << "one's illness is nobody else's";

  service_.clock.advance(std::chrono::seconds(11));
  visit("github");
  EXPECT_EQ(member("github", "state"), "ok");
  EXPECT_EQ(member("github", "detail"), "null");
  EXPECT_EQ(member("github", "retry_at"), "null");
}

class OffProvidersTest : public AdminProvidersTest {
 protected:
  OffProvidersTest()
      : AdminProvidersTest([](config::Config& config) {
          config.providers["facebook"].enabled = false;
          config.providers["intranet"].issuer += "/elsewhere";
        }) {}
};

TEST_F(OffProvidersTest, WrongMetadataAndTheConfigurationTurnAProviderOffAndSayWhy) {
  EXPECT_EQ(member("facebook", "enabled"), "false");
  EXPECT_EQ(member("facebook", "state"), "off");
  EXPECT_EQ(member("facebook", "label"), "Facebook");
  EXPECT_THAT(member("facebook", "detail"), HasSubstr("configuration"));
  visit("intranet");
  EXPECT_EQ(member("intranet", "enabled"), "true");
  EXPECT_EQ(member("intranet", "state"), "off");
  EXPECT_THAT(member("intranet", "detail"), HasSubstr("status 404"));
}

}  // namespace
}  // namespace latchkey::test
