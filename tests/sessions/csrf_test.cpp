#include "sessions/csrf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "tests/support/fake_random.h"

namespace latchkey::sessions {
namespace {

using testing::MatchesRegex;

class Csrf : public testing::Test {
 protected:
  static Keyring keyring(char key, const std::vector<Secret>& fallbacks = {}) {
    return {secret(key), fallbacks};
  }
  static Secret secret(char key) { return Secret(std::string(32, key)); }

  test::FakeRandom random_;
  CsrfTokens tokens_{keyring('k'), random_};
  const std::string session_ = sha256("a session's token");
  const std::string other_session_ = sha256("another session's token");
};

TEST_F(Csrf, TokenHas32CharactersThatDjangoFrontEndsExpect) {
  EXPECT_THAT(tokens_.issue(session_), MatchesRegex("[a-zA-Z0-9]{32}"));
  EXPECT_THAT(tokens_.issue(""), MatchesRegex("[a-zA-Z0-9]{32}"));
  EXPECT_NE(tokens_.issue(session_), tokens_.issue(session_));
}

TEST_F(Csrf, TokenIsValidForItsSession) {
  EXPECT_TRUE(tokens_.valid(tokens_.issue(session_), session_));
  EXPECT_TRUE(tokens_.valid(tokens_.issue(""), ""));
}

TEST_F(Csrf, CsrfTokenOfAnotherSessionIsRefused) {
  EXPECT_FALSE(tokens_.valid(tokens_.issue(other_session_), session_));
}

TEST_F(Csrf, CsrfTokenFromBeforeTheLoginIsRefused) {
  EXPECT_FALSE(tokens_.valid(tokens_.issue(""), session_));
  EXPECT_FALSE(tokens_.valid(tokens_.issue(session_), ""));
}

TEST_F(Csrf, InventedTokensAreRefused) {
  EXPECT_FALSE(tokens_.valid("", session_));
  EXPECT_FALSE(tokens_.valid(std::string(32, 'a'), session_));
  EXPECT_FALSE(tokens_.valid(std::string(32, '\0'), session_));
  EXPECT_FALSE(tokens_.valid(std::string(64, 'a'), session_));
}

TEST_F(Csrf, EveryCharacterOfTheTokenCounts) {
  const std::string token = tokens_.issue(session_);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(tokens_.valid(altered, session_)) << i;
  }
  EXPECT_FALSE(tokens_.valid(token + "x", session_));
  EXPECT_FALSE(tokens_.valid(token.substr(0, 31), session_));
}

TEST_F(Csrf, TokenOfAFormerKeyIsValidWhileTheKeyIsAFallback) {
  const std::string token = tokens_.issue(session_);
  const CsrfTokens rotated(keyring('n', {secret('k')}), random_);
  EXPECT_TRUE(rotated.valid(token, session_));
  EXPECT_TRUE(rotated.valid(rotated.issue(session_), session_));
  EXPECT_FALSE(tokens_.valid(rotated.issue(session_), session_)) << "made with a fallback";
  EXPECT_FALSE(CsrfTokens(keyring('n'), random_).valid(token, session_));
}

}  // namespace
}  // namespace latchkey::sessions
