#include "providers/jwks.h"

#include <gtest/gtest.h>

#include "providers/curl_client.h"
#include "stub_server.h"
#include "test_keys.h"
#include "tests/support/fake_clock.h"

namespace latchkey::providers {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string key_set(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ",") + key;
  return R"({"keys":[)" + text + "]}";
}

std::size_t found(const std::vector<std::string>& keys, const SignatureHeader& header) {
  const auto document = JsonDocument::parse(key_set(keys));
  const auto set = KeySet::read(document->root());
  EXPECT_TRUE(set);
  return set ? set->candidates(header).size() : 0;
}

const SignatureHeader kRsaK1{.algorithm = SignatureAlgorithm::rs256, .kid = "k1"};
const SignatureHeader kRsaAny{.algorithm = SignatureAlgorithm::rs256, .kid = std::nullopt};
const SignatureHeader kEcK1{.algorithm = SignatureAlgorithm::es256, .kid = "k1"};

std::string rsa_jwk(std::string_view kid, std::string_view extra = "") {
  return test::jwk(test::shared_rsa_key(), kid, extra);
}
std::string ec_jwk(std::string_view kid, std::string_view extra = "") {
  return test::jwk(test::shared_p256_key(), kid, extra);
}

TEST(KeySet, FindsByKidAndType) {
  EXPECT_EQ(found({rsa_jwk("k1"), ec_jwk("k2")}, kRsaK1), 1U);
  EXPECT_EQ(found({rsa_jwk("k2")}, kRsaK1), 0U);
  EXPECT_EQ(found({rsa_jwk("k1")}, kEcK1), 0U);
  EXPECT_EQ(found({rsa_jwk("")}, kRsaK1), 0U);
}

TEST(KeySet, TokenWithoutKidOnlyWhenThereIsNoChoice) {
  EXPECT_EQ(found({rsa_jwk("k1"), ec_jwk("k2")}, kRsaAny), 1U);
  EXPECT_EQ(found({rsa_jwk("k1"), rsa_jwk("k2")}, kRsaAny), 0U);
  EXPECT_EQ(found({rsa_jwk("")}, kRsaAny), 1U);
}

TEST(KeySet, OneKidForTwoTypesAndForTwoKeys) {
  EXPECT_EQ(found({rsa_jwk("k1"), ec_jwk("k1")}, kEcK1), 1U);
  EXPECT_EQ(found({rsa_jwk("k1"), rsa_jwk("k1")}, kRsaK1), 2U);
}

TEST(KeySet, KeysForOtherPurposesAreLeftOut) {
  EXPECT_EQ(found({rsa_jwk("k1", R"(,"use":"sig","alg":"RS256","key_ops":["verify"])")}, kRsaK1),
            1U);
  EXPECT_EQ(found({rsa_jwk("k1", R"(,"use":"enc")")}, kRsaK1), 0U);
  EXPECT_EQ(found({rsa_jwk("k1", R"(,"alg":"PS256")")}, kRsaK1), 0U);
  EXPECT_EQ(found({rsa_jwk("k1", R"(,"alg":7)")}, kRsaK1), 0U);
  EXPECT_EQ(found({rsa_jwk("k1", R"(,"key_ops":["encrypt"])")}, kRsaK1), 0U);
  EXPECT_EQ(found({rsa_jwk("k1", R"(,"key_ops":"verify")")}, kRsaK1), 0U);
  EXPECT_EQ(found({ec_jwk("k1", R"(,"alg":"RS256")")}, kEcK1), 0U);
}

TEST(KeySet, ShortRsaKeysAndPointsOffTheCurveAreLeftOut) {
  EXPECT_EQ(found({test::jwk(test::make_rsa_key(1024), "k1")}, kRsaK1), 0U);
  const std::string off_curve = R"({"kty":"EC","crv":"P-256","kid":"k1","x":")" +
                                std::string(42, 'A') + "E" + R"(","y":")" + std::string(42, 'A') +
                                "E\"}";
  EXPECT_EQ(found({off_curve}, kEcK1), 0U);
}

TEST(KeySet, JunkBesideGoodKeysIsSkipped) {
  EXPECT_EQ(found({"7", "null", "{}", R"({"kty":"oct","k":"c2VjcmV0","kid":"k1"})",
                   R"({"kty":"RSA","n":1,"e":"AQAB","kid":"k1"})",
                   R"({"kty":"RSA","n":"!!","e":"AQAB","kid":"k1"})", rsa_jwk("k1")},
                  kRsaK1),
            1U);
}

TEST(KeySet, TooManyKeysAreRefused) {
  const auto read = [](std::size_t count) {
    const auto document = JsonDocument::parse(key_set(std::vector<std::string>(count, "{}")));
    return KeySet::read(document->root()).has_value();
  };
  EXPECT_TRUE(read(64));
  EXPECT_FALSE(read(65));
}

class JwksTest : public testing::Test {
 protected:
  JwksTest() { publish("k1"); }

  static config::Provider settings() {
    config::Provider settings;
    settings.id = "acme";
    settings.allow_http = true;
    return settings;
  }
  void publish(std::string_view kid) { stub.on_json("/jwks", key_set({rsa_jwk(kid)})); }
  Result<std::vector<PublicKey>> ask(const std::string& kid, const std::string& path = "/jwks") {
    return jwks.candidates(stub.url(path), {.algorithm = SignatureAlgorithm::rs256, .kid = kid},
                           Deadline(clock));
  }
  bool knows(const std::string& kid) {
    const auto keys = ask(kid);
    return keys && keys->size() == 1;
  }
  [[nodiscard]] int fetches() const { return stub.hits("/jwks"); }

  test::StubServer stub;
  CurlClient http{""};
  test::FakeClock clock;
  Outbound outbound{settings(), http, clock};
  Jwks jwks{outbound, clock};
};

TEST_F(JwksTest, CachedForAnHour) {
  EXPECT_TRUE(knows("k1"));
  clock.advance(minutes(59));
  EXPECT_TRUE(knows("k1"));
  EXPECT_EQ(fetches(), 1);
  clock.advance(minutes(1));
  EXPECT_TRUE(knows("k1"));
  EXPECT_EQ(fetches(), 2);
}

TEST_F(JwksTest, RotationIsNoticedAtOnce) {
  EXPECT_TRUE(knows("k1"));
  publish("k2");
  EXPECT_TRUE(knows("k2"));
  EXPECT_FALSE(knows("k1"));
}

TEST_F(JwksTest, FloodOfUnknownKidsFetchesOnceAMinute) {
  EXPECT_TRUE(knows("k1"));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(knows("bogus" + std::to_string(i)));
  EXPECT_EQ(fetches(), 2);
  clock.advance(seconds(60));
  EXPECT_FALSE(knows("bogus"));
  EXPECT_EQ(fetches(), 3);
  EXPECT_TRUE(knows("k1"));
}

TEST_F(JwksTest, StaleServedWhileTheProviderIsDown) {
  EXPECT_TRUE(knows("k1"));
  clock.advance(minutes(61));
  stub.on_json("/jwks", "{}", 500);
  EXPECT_TRUE(knows("k1"));
}

TEST_F(JwksTest, StaleServedWhileTheAnswerIsSenseless) {
  EXPECT_TRUE(knows("k1"));
  clock.advance(minutes(61));
  stub.on_json("/jwks", R"({"keys":"none"})");
  EXPECT_TRUE(knows("k1"));
}

TEST_F(JwksTest, FailsClosedWithoutKeys) {
  for (const char* body : {"{}", "[]", "nonsense", R"({"keys":{}})"}) {
    stub.on_json("/jwks", body);
    const auto keys = ask("k1");
    ASSERT_FALSE(keys) << body;
    EXPECT_EQ(keys.error().code, ErrorCode::provider_unavailable) << body;
  }
  stub.on_json("/jwks", "{}", 404);
  EXPECT_EQ(ask("k1").error().code, ErrorCode::provider_unavailable);
}

TEST_F(JwksTest, KeysOfAMovedSetAreFetchedAnew) {
  EXPECT_TRUE(knows("k1"));
  stub.on_json("/moved", key_set({rsa_jwk("k2")}));
  EXPECT_TRUE(ask("k1", "/moved")->empty());
  EXPECT_EQ(ask("k2", "/moved")->size(), 1U);
}

}  // namespace
}  // namespace latchkey::providers
