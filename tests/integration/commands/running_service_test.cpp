// A service that runs hears at once what is done at the command line, and what is made there works
// at it.
#include <csignal>
#include <functional>

#include "tests/integration/browser.h"
#include "tests/integration/commands/command_test.h"
#include "tests/support/eventually.h"

namespace latchkey::test {
namespace {

constexpr const char* kEmail = "ada@example.com";
constexpr const char* kPassword = "analytical-engine";

class RunningService : public CommandTest {
 protected:
  RunningService() {
    EXPECT_EQ(latchkey({"user", "create", "--email", kEmail, "--staff", "--password-stdin"},
                       std::string(kPassword) + "\n")
                  .status,
              kDone);
    // Another one, so that the first may be disabled.
    change({"user", "create", "--email", "grace@example.com", "--staff"});
    service_ = std::make_unique<Program>(command({"serve"}));
    const std::string line = service_->read_line();
    const std::size_t url = line.find("http://");
    if (url == std::string::npos) throw std::runtime_error("no service: " + service_->errors());
    home_ = "http://localhost" + line.substr(line.rfind(':'));
  }

  Browser signed_in(const std::string& password = kPassword) {
    Browser browser(home_);
    EXPECT_EQ(browser
                  .post("/api/login/", R"({"email":")" + std::string(kEmail) + R"(","password":")" +
                                           password + R"("})")
                  .status,
              200);
    // Twice, so that it is remembered.
    for (int i = 0; i < 2; ++i) EXPECT_EQ(browser.get("/api/account/").status, 200);
    return browser;
  }
  static bool is_out(Browser& browser) { return browser.get("/api/account/").status == 403; }

  std::unique_ptr<Program> service_;
  std::string home_;
};

TEST_F(RunningService, TheFirstAdministratorMayUseTheAdministration) {
  Browser browser = signed_in();
  EXPECT_EQ(browser.get("/admin/").status, 200);
  const Answer found = browser.get("/api/admin/users/?search=grace");
  EXPECT_EQ(found.status, 200);
  EXPECT_THAT(found.body, testing::HasSubstr("grace@example.com"));
  EXPECT_EQ(service_->end(SIGTERM), 0);
}

TEST_F(RunningService, WhoeverIsDisabledIsOutAndBackWhenEnabled) {
  Browser browser = signed_in();
  change({"user", "disable", kEmail});
  EXPECT_TRUE(eventually([&] { return is_out(browser); }));
  change({"user", "enable", kEmail});
  signed_in();
}

TEST_F(RunningService, ANewPasswordEndsWhatTheOldOneBegan) {
  Browser browser = signed_in();
  change({"user", "set-password", kEmail}, "difference-engine\n");
  EXPECT_TRUE(eventually([&] { return is_out(browser); }));
  signed_in("difference-engine");
}

TEST_F(RunningService, RevokedSessionsEnd) {
  Browser first = signed_in();
  Browser second = signed_in();
  const auto sessions = parse_lines(latchkey({"user", "sessions", kEmail, "--json"}).out);
  ASSERT_EQ(sessions.size(), 2U);
  const auto number = [](const JsonDocument& session) {
    return session.root()["id"].integer().value();
  };
  const std::int64_t older = std::min(number(sessions[0]), number(sessions[1]));
  change({"user", "sessions", kEmail, "--revoke", "--session", std::to_string(older)});
  EXPECT_TRUE(eventually([&] { return is_out(first); }));
  EXPECT_FALSE(is_out(second));
  change({"user", "sessions", kEmail, "--revoke"});
  EXPECT_TRUE(eventually([&] { return is_out(second); }));
}

TEST_F(RunningService, RightsAreLostAtOnce) {
  Browser browser = signed_in();
  change({"user", "revoke-staff", kEmail});
  EXPECT_TRUE(eventually([&] { return browser.get("/api/admin/users/").status == 403; }));
}

TEST_F(RunningService, AMergedUsersSessionsFollowOrEnd) {
  Browser browser = signed_in();
  change({"user", "merge", kEmail, "grace@example.com"});
  EXPECT_TRUE(eventually([&] { return is_out(browser); }));
}

}  // namespace
}  // namespace latchkey::test
