#include "base/keyring.h"

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"

namespace latchkey {
namespace {

using namespace std::string_literals;

Secret master(char letter) { return Secret(std::string(32, letter)); }

class KeyringTest : public ::testing::Test {
 protected:
  SystemRandom random_;
  const Keyring keyring_{master('a'), {}};
  const Sealer flows_{keyring_, "flow"};
};

TEST_F(KeyringTest, DerivesOneKeyPerMasterCurrentFirst) {
  const Keyring keyring(master('a'), {master('b'), master('c')});
  const auto keys = keyring.derive("flow");
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[0].reveal(), keyring_.derive("flow")[0].reveal());
  EXPECT_EQ(keys[0].reveal().size(), 32U);
  EXPECT_NE(keys[0].reveal(), keys[1].reveal());
  EXPECT_NE(keys[0].reveal(), keyring.derive("csrf")[0].reveal());
}

TEST_F(KeyringTest, SealedValuesOpen) {
  for (const std::string& plaintext :
       {std::string(), std::string("{\"state\":\"x\"}"), "\0\xff"s}) {
    EXPECT_EQ(flows_.open(flows_.seal(plaintext, "cookie", random_), "cookie"), plaintext);
  }
}

TEST_F(KeyringTest, EqualValuesSealDifferently) {
  EXPECT_NE(flows_.seal("x", "c", random_), flows_.seal("x", "c", random_));
}

TEST_F(KeyringTest, TamperedSealIsRefused) {
  const std::string sealed = flows_.seal("state", "cookie", random_);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (const char c : {'A', 'B', '_', '=', '\0'}) {
      if (sealed[i] == c) continue;
      std::string tampered = sealed;
      tampered[i] = c;
      EXPECT_EQ(flows_.open(tampered, "cookie"), std::nullopt) << i;
    }
  }
}

TEST_F(KeyringTest, TruncatedAndForeignSealsAreRefused) {
  const std::string sealed = flows_.seal("state", "cookie", random_);
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_EQ(flows_.open(sealed.substr(0, length), "cookie"), std::nullopt) << length;
  }
  EXPECT_EQ(flows_.open(sealed + "A", "cookie"), std::nullopt);
  EXPECT_EQ(flows_.open(std::string(400, 'A'), "cookie"), std::nullopt);
}

TEST_F(KeyringTest, SealOfAnotherPurposeIsRefused) {
  const Sealer pending(keyring_, "pending");
  EXPECT_EQ(pending.open(flows_.seal("state", "cookie", random_), "cookie"), std::nullopt);
}

TEST_F(KeyringTest, SealOfAnotherContextIsRefused) {
  const std::string sealed = flows_.seal("state", "latchkey_flow_a", random_);
  EXPECT_EQ(flows_.open(sealed, "latchkey_flow_b"), std::nullopt);
  EXPECT_EQ(flows_.open(sealed, ""), std::nullopt);
}

TEST_F(KeyringTest, FallbacksOpenButNeverSeal) {
  const std::string old_seal = flows_.seal("state", "c", random_);
  const Keyring rotated(master('b'), {master('a')});
  const Sealer sealer(rotated, "flow");
  EXPECT_EQ(sealer.open(old_seal, "c"), "state");
  EXPECT_EQ(flows_.open(sealer.seal("state", "c", random_), "c"), std::nullopt);
}

TEST_F(KeyringTest, SealOfARetiredKeyIsRefused) {
  const std::string old_seal = flows_.seal("state", "c", random_);
  EXPECT_EQ(Sealer(Keyring(master('b'), {}), "flow").open(old_seal, "c"), std::nullopt);
}

TEST_F(KeyringTest, SignaturesAreHmacsUnderTheDerivedKey) {
  const Signer signer(keyring_, "csrf");
  EXPECT_EQ(signer.sign("message"), hmac_sha256(keyring_.derive("csrf")[0].reveal(), "message"));
  EXPECT_NE(signer.sign("message"), signer.sign("messagE"));
  EXPECT_NE(signer.sign("message"), Signer(keyring_, "flow").sign("message"));
}

TEST_F(KeyringTest, CandidatesCoverEveryKeyCurrentFirst) {
  const Keyring rotated(master('b'), {master('a')});
  const Signer signer(rotated, "csrf");
  const auto candidates = signer.candidates("message");
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(candidates[0], signer.sign("message"));
  EXPECT_EQ(candidates[1], Signer(keyring_, "csrf").sign("message"));
}

}  // namespace
}  // namespace latchkey
