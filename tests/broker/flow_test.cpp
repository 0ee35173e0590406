#include "broker/flow.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"

namespace latchkey::broker {
namespace {

using sessions::CookieJar;
using sessions::SetCookie;

class FlowCookiesTest : public testing::Test {
 protected:
  Flow make_flow(const std::string& provider = "github") {
    return {.provider = provider,
            .state = random_token(random_),
            .code_verifier = random_token(random_),
            .nonce = random_token(random_),
            .next = "/next",
            .redirect_uri = "http://localhost/cb",
            .intent = Intent::connect,
            .session_token_hash = std::string("\0\xff raw", 6),
            .started_at = clock_.now()};
  }

  // What a browser sends back that was given these cookies.
  static CookieJar jar_of(const std::vector<SetCookie>& cookies) {
    std::string header;
    for (const SetCookie& cookie : cookies) header += cookie.name + "=" + cookie.value + "; ";
    return CookieJar::parse({header});
  }

  test::FakeRandom random_;
  test::FakeClock clock_;
  config::Session config_;
  Keyring keyring_{Secret(std::string(32, 'k')), {}};
  FlowCookies cookies_{keyring_, config_, random_};
};

TEST_F(FlowCookiesTest, AFlowComesBackWhole) {
  const Flow flow = make_flow();
  const auto found = cookies_.find(flow.state, jar_of(cookies_.keep(flow, {})));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->provider, flow.provider);
  EXPECT_EQ(found->code_verifier, flow.code_verifier);
  EXPECT_EQ(found->nonce, flow.nonce);
  EXPECT_EQ(found->next, flow.next);
  EXPECT_EQ(found->redirect_uri, flow.redirect_uri);
  EXPECT_EQ(found->intent, Intent::connect);
  EXPECT_EQ(found->session_token_hash, flow.session_token_hash);
  EXPECT_EQ(found->started_at, flow.started_at);
}

TEST_F(FlowCookiesTest, TheCookieIsNotReadableAndLivesTenMinutes) {
  const SetCookie cookie = cookies_.keep(make_flow(), {}).back();
  EXPECT_TRUE(cookie.http_only);
  EXPECT_EQ(cookie.path, "/");
  EXPECT_EQ(cookie.max_age, std::chrono::minutes(10));
  EXPECT_EQ(cookie.same_site, config::SameSite::lax);
  EXPECT_TRUE(cookie.name.starts_with("latchkey_flow_"));
}

TEST_F(FlowCookiesTest, ASecureCookieIsBoundToTheHost) {
  config_.cookie_secure = true;
  const FlowCookies secure(keyring_, config_, random_);
  const SetCookie cookie = secure.keep(make_flow(), {}).back();
  EXPECT_TRUE(cookie.name.starts_with("__Host-latchkey_flow_"));
  EXPECT_TRUE(cookie.secure);
  EXPECT_TRUE(cookie.domain.empty());
}

TEST_F(FlowCookiesTest, StateOfAnotherBrowserFindsNothing) {
  const auto jar = jar_of(cookies_.keep(make_flow(), {}));
  EXPECT_FALSE(cookies_.find(make_flow().state, jar));
}

TEST_F(FlowCookiesTest, SealedFlowUnderAnotherNameIsRefused) {
  const Flow mine = make_flow();
  const Flow other = make_flow();
  const auto my_cookie = cookies_.keep(mine, {}).back();
  const auto other_cookie = cookies_.keep(other, {}).back();
  const auto jar = CookieJar::parse({my_cookie.name + "=" + other_cookie.value});
  EXPECT_FALSE(cookies_.find(mine.state, jar));
  EXPECT_FALSE(cookies_.find(other.state, jar));
}

TEST_F(FlowCookiesTest, FlowSealedWithAnotherKeyIsRefused) {
  const Flow flow = make_flow();
  const Keyring stranger{Secret(std::string(32, 'x')), {}};
  const FlowCookies theirs(stranger, config_, random_);
  EXPECT_FALSE(cookies_.find(flow.state, jar_of(theirs.keep(flow, {}))));
}

TEST_F(FlowCookiesTest, SeveralTabsDoNotDisturbEachOther) {
  const Flow first = make_flow("github");
  const Flow second = make_flow("google");
  std::vector<SetCookie> both = cookies_.keep(first, {});
  for (auto& cookie : cookies_.keep(second, jar_of(both))) both.push_back(cookie);
  const auto jar = jar_of(both);
  EXPECT_EQ(cookies_.find(first.state, jar)->provider, "github");
  EXPECT_EQ(cookies_.find(second.state, jar)->provider, "google");
}

TEST_F(FlowCookiesTest, AtMostSevenAreKeptAndTheOldestGo) {
  std::vector<SetCookie> kept;
  std::vector<std::string> states;
  for (int i = 0; i < 8; ++i) {
    const Flow flow = make_flow();
    states.push_back(flow.state);
    for (auto& cookie : cookies_.keep(flow, jar_of(kept))) {
      std::erase_if(kept, [&](const SetCookie& old) { return old.name == cookie.name; });
      if (cookie.max_age != std::chrono::seconds(0)) kept.push_back(cookie);
    }
    clock_.advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(kept.size(), 7U);
  EXPECT_FALSE(cookies_.find(states.front(), jar_of(kept)));
  EXPECT_TRUE(cookies_.find(states[1], jar_of(kept)));
  EXPECT_TRUE(cookies_.find(states.back(), jar_of(kept)));
}

TEST_F(FlowCookiesTest, PlantedCookiesAreCleanedAway) {
  const auto cookies = cookies_.keep(make_flow(), CookieJar::parse({"latchkey_flow_x=planted"}));
  ASSERT_EQ(cookies.size(), 2U);
  EXPECT_EQ(cookies.front().name, "latchkey_flow_x");
  EXPECT_EQ(cookies.front().max_age, std::chrono::seconds(0));
}

}  // namespace
}  // namespace latchkey::broker
