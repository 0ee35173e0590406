#include "broker/page_routes.h"

#include <gtest/gtest.h>

#include "broker/app.h"
#include "tests/support/fake_random.h"

namespace latchkey::broker {
namespace {

// Where `/` leads a visitor without a session.
std::string root_leads_to(const std::string& login_url) {
  config::Config config;
  config.server.secret_key = Secret("a test's secret key of more than 32 bytes");
  // Nothing listens there, and nobody asks.
  config.database.url = Secret("host=/nonexistent");
  config.spa.login_url = login_url;
  const SystemClock clock;
  test::FakeRandom random;
  const App app(config, clock, random);
  const auto response = app.dispatcher().handle({.method = "GET", .path = "/", .target = "/"});
  EXPECT_EQ(response.status, 302);
  for (const auto& [name, value] : response.headers) {
    if (name == "Location") return value;
  }
  return "";
}

TEST(PageRoutes, RootLeadsToTheBuiltInLoginPage) { EXPECT_EQ(root_leads_to(""), "/login"); }

TEST(PageRoutes, RootLeadsToTheLoginPageOfTheApplication) {
  EXPECT_EQ(root_leads_to("https://app.example.com/sign-in"), "https://app.example.com/sign-in");
}

}  // namespace
}  // namespace latchkey::broker
