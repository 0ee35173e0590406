#include "broker/merge_offer.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_random.h"

namespace latchkey::broker {
namespace {

class MergeOffersTest : public testing::Test {
 protected:
  MergeOffersTest() {
    session_.token_hash = std::string(32, 'a');
    session_.user.id = 7;
  }
  static sessions::CookieJar jar(const sessions::SetCookie& cookie) {
    const std::string pair = cookie.name + "=" + cookie.value;
    return sessions::CookieJar::parse({pair});
  }

  test::FakeClock clock_;
  test::FakeRandom random_;
  config::Session config_;
  MergeOffers offers_{Keyring(Secret("a secret key of more than 32 bytes, really"), {}), config_,
                      clock_, random_};
  sessions::LiveSession session_;
};

TEST_F(MergeOffersTest, IsFoundAgain) {
  const auto cookie = offers_.make(session_, "github", "ada's \"id\"");
  EXPECT_TRUE(cookie.http_only);
  const auto offer = offers_.find(jar(cookie), session_);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->user, 7);
  EXPECT_EQ(offer->provider, "github");
  EXPECT_EQ(offer->subject, "ada's \"id\"");
}

TEST_F(MergeOffersTest, IsOfNoUseToAnotherSession) {
  const auto cookie = offers_.make(session_, "github", "1");
  sessions::LiveSession other = session_;
  other.token_hash = std::string(32, 'b');
  EXPECT_FALSE(offers_.find(jar(cookie), other));
  sessions::LiveSession somebody_else = session_;
  somebody_else.user.id = 8;
  EXPECT_FALSE(offers_.find(jar(cookie), somebody_else));
}

TEST_F(MergeOffersTest, EndsAfterTenMinutes) {
  const auto cookie = offers_.make(session_, "github", "1");
  clock_.advance(std::chrono::minutes(10));
  EXPECT_FALSE(offers_.find(jar(cookie), session_));
}

TEST_F(MergeOffersTest, CannotBeMadeUp) {
  auto cookie = offers_.make(session_, "github", "1");
  cookie.value.back() = cookie.value.back() == 'A' ? 'B' : 'A';
  cookie.value[10] = cookie.value[10] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(offers_.find(jar(cookie), session_));
  EXPECT_FALSE(offers_.find(sessions::CookieJar::parse({}), session_));
}

}  // namespace
}  // namespace latchkey::broker
