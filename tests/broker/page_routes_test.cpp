#include "broker/page_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "broker/app.h"
#include "tests/support/fake_random.h"

namespace latchkey::broker {
namespace {

using testing::HasSubstr;
using testing::Not;

http::Response get(const std::string& path, const std::string& login_url) {
  config::Config config;
  config.server.secret_key = Secret("a test's secret key of more than 32 bytes");
  // Nothing listens there, and nobody asks.
  config.database.url = Secret("host=/nonexistent");
  config.spa.login_url = login_url;
  const SystemClock clock;
  test::FakeRandom random;
  const App app(config, clock, random);
  return app.dispatcher().handle({.method = "GET", .path = path, .target = path});
}

// Where `/` leads a visitor without a session.
std::string root_leads_to(const std::string& login_url) {
  const auto response = get("/", login_url);
  EXPECT_EQ(response.status, 302);
  for (const auto& [name, value] : response.headers) {
    if (name == "Location") return value;
  }
  return "";
}

constexpr const char* kPages[] = {"/login",           "/signup",         "/account",
                                  "/email/verify",    "/auth/error",     "/auth/pending",
                                  "/password/forgot", "/password/reset", "/admin/"};

TEST(PageRoutes, RootLeadsToTheBuiltInLoginPage) { EXPECT_EQ(root_leads_to(""), "/login"); }

TEST(PageRoutes, RootLeadsToTheLoginPageOfTheApplication) {
  EXPECT_EQ(root_leads_to("https://app.example.com/sign-in"), "https://app.example.com/sign-in");
}

TEST(PageRoutes, PagesAreFilledInWhole) {
  for (const char* path : kPages) {
    const std::string html = get(path, "").body;
    EXPECT_THAT(html, Not(HasSubstr("{{"))) << path;
    EXPECT_THAT(html, HasSubstr("<head>\n  <meta charset=\"utf-8\">\n")) << path;
    EXPECT_THAT(html, HasSubstr("/auth/assets/latchkey.css")) << path;
    EXPECT_THAT(html, HasSubstr(R"(name="latchkey-login-page" content="/login")")) << path;
  }
}

TEST(PageRoutes, NoPageLinksPastTheLoginPageOfTheApplication) {
  const std::string page = "https://app.example.com/sign-in?from=latchkey&x=1";
  const std::string escaped = "https://app.example.com/sign-in?from=latchkey&amp;x=1";
  for (const char* path : kPages) {
    const std::string html = get(path, page).body;
    EXPECT_THAT(html, Not(HasSubstr("\"/login"))) << path;
    EXPECT_THAT(html, HasSubstr("name=\"latchkey-login-page\" content=\"" + escaped + "\""))
        << path;
  }
  EXPECT_THAT(get("/signup", page).body, HasSubstr("href=\"" + escaped + "\""));
}

}  // namespace
}  // namespace latchkey::broker
