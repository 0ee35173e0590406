// Honest ID tokens pass; each forged or misused one is refused (SECURITY rule 5).
#include "providers/id_token.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "test_keys.h"
#include "tests/support/fake_clock.h"

namespace latchkey::providers {
namespace {

constexpr const char* kHeader = R"({"alg":"RS256","kid":"k1","typ":"JWT"})";

class IdTokenTest : public testing::Test {
 protected:
  [[nodiscard]] std::int64_t now() const { return unix_seconds(clock.now()); }

  // The claims of an honest token, with `name` set to `json` or, if that is empty, left out.
  [[nodiscard]] std::string claims(const std::string& name = {},
                                   const std::string& json = {}) const {
    std::map<std::string, std::string> members = {
        {"iss", R"("https://idp.example")"},
        {"aud", R"("client")"},
        {"sub", R"("person-1")"},
        {"nonce", R"("nonce-1")"},
        {"exp", std::to_string(now() + 300)},
        {"iat", std::to_string(now())},
    };
    if (!name.empty()) members[name] = json;
    std::string text;
    for (const auto& [key, value] : members) {
      if (value.empty()) continue;
      text += (text.empty() ? "{\"" : ",\"") + key + "\":" + value;
    }
    return text + "}";
  }

  [[nodiscard]] IdTokenExpectations expected() const {
    return {.issuers = {"https://idp.example"},
            .client_id = "client",
            .nonce = "nonce-1",
            .access_token = "access-1",
            .now = clock.now()};
  }

  [[nodiscard]] Status check(const std::string& text, const std::vector<PublicKey>& keys) const {
    const auto token = IdToken::read(text, {SignatureAlgorithm::rs256, SignatureAlgorithm::es256});
    if (!token) return fail(token.error());
    return token->verify(keys, expected());
  }
  [[nodiscard]] bool passes(const std::string& text) const {
    const Status status = check(text, {test::public_key(rsa), test::public_key(ec)});
    if (!status) {
      EXPECT_EQ(status.error().code, ErrorCode::provider_invalid_response);
    }
    return status.has_value();
  }
  [[nodiscard]] bool passes_with(const std::string& name, const std::string& json) const {
    return passes(test::sign_jwt(rsa, kHeader, claims(name, json)));
  }
  [[nodiscard]] bool passes_with_header(const std::string& header) const {
    return passes(test::sign_jwt(rsa, header, claims()));
  }

  test::FakeClock clock;
  const test::Pkey rsa = test::shared_rsa_key();
  const test::Pkey ec = test::shared_p256_key();
};

TEST_F(IdTokenTest, HonestTokensPass) {
  EXPECT_TRUE(passes(test::sign_jwt(rsa, kHeader, claims())));
  EXPECT_TRUE(passes(test::sign_jwt(ec, R"({"alg":"ES256"})", claims())));
}

TEST_F(IdTokenTest, AlgNone) {
  EXPECT_FALSE(passes(test::join_jwt(R"({"alg":"none"})", claims(), "")));
  EXPECT_FALSE(passes(test::join_jwt(R"({"alg":"None"})", claims(), "")));
  EXPECT_FALSE(passes_with_header(R"({"typ":"JWT"})"));
  EXPECT_FALSE(passes_with_header(R"({"alg":["RS256"]})"));
}

TEST_F(IdTokenTest, Hs256WithTheRsaPublicKeyAsSecret) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(memory, rsa.get());
  char* pem = nullptr;
  const auto length = static_cast<std::size_t>(BIO_get_mem_data(memory, &pem));
  const std::string header = R"({"alg":"HS256","kid":"k1"})";
  const std::string message = base64url_encode(header) + "." + base64url_encode(claims());
  const std::string mac = hmac_sha256({pem, length}, message);
  BIO_free(memory);
  EXPECT_FALSE(passes(message + "." + base64url_encode(mac)));
}

TEST_F(IdTokenTest, AlgorithmNotPinnedForTheProvider) {
  const auto token = IdToken::read(test::sign_jwt(ec, R"({"alg":"ES256"})", claims()),
                                   {SignatureAlgorithm::rs256});
  EXPECT_FALSE(token);
}

TEST_F(IdTokenTest, KeyOfAnotherType) {
  const std::string token = test::sign_jwt(ec, R"({"alg":"ES256"})", claims());
  EXPECT_FALSE(check(token, {test::public_key(rsa)}));
  EXPECT_FALSE(passes(test::sign_jwt(ec, R"({"alg":"RS256"})", claims())));
}

TEST_F(IdTokenTest, NoKeyAtAll) { EXPECT_FALSE(check(test::sign_jwt(rsa, kHeader, claims()), {})); }

TEST_F(IdTokenTest, SignedByAStranger) {
  EXPECT_FALSE(passes(test::sign_jwt(test::make_rsa_key(), kHeader, claims())));
}

TEST_F(IdTokenTest, StrangersKeyInTheHeaderIsIgnored) {
  const test::Pkey stranger = test::make_rsa_key();
  const std::string with_jwk =
      R"({"alg":"RS256","kid":"k1","jwk":)" + test::jwk(stranger, "k1") +
      R"(,"jku":"https://evil.example/jwks","x5u":"https://evil.example"})";
  EXPECT_FALSE(passes(test::sign_jwt(stranger, with_jwk, claims())));
  EXPECT_TRUE(passes(test::sign_jwt(rsa, with_jwk, claims())));
}

TEST_F(IdTokenTest, ChangedPayload) {
  const std::string honest = test::sign_jwt(rsa, kHeader, claims());
  const std::string other = test::sign_jwt(rsa, kHeader, claims("sub", R"("admin")"));
  const auto payload = [](const std::string& token) {
    const auto first = token.find('.') + 1;
    return token.substr(first, token.rfind('.') - first);
  };
  std::string forged = honest;
  forged.replace(forged.find('.') + 1, payload(honest).size(), payload(other));
  EXPECT_FALSE(passes(forged));
}

TEST_F(IdTokenTest, Es256ZeroSignature) {
  EXPECT_FALSE(passes(test::join_jwt(R"({"alg":"ES256"})", claims(), std::string(64, '\0'))));
}

TEST_F(IdTokenTest, Es256SignatureInDer) {
  EXPECT_FALSE(passes(test::join_jwt(R"({"alg":"ES256"})", claims(), std::string(70, '\x30'))));
}

TEST_F(IdTokenTest, UnknownCriticalExtension) {
  EXPECT_FALSE(passes_with_header(R"({"alg":"RS256","crit":["exp"],"exp":1})"));
  EXPECT_FALSE(passes_with_header(R"({"alg":"RS256","crit":[]})"));
}

TEST_F(IdTokenTest, NotThreeParts) {
  const std::string honest = test::sign_jwt(rsa, kHeader, claims());
  EXPECT_FALSE(passes(""));
  EXPECT_FALSE(passes("a.b"));
  EXPECT_FALSE(passes(honest + "."));
  EXPECT_FALSE(passes(honest.substr(0, honest.rfind('.') + 1)));
}

TEST_F(IdTokenTest, LaxBase64) {
  const std::string honest = test::sign_jwt(rsa, kHeader, claims());
  EXPECT_FALSE(passes(honest + "=="));
  EXPECT_FALSE(passes(honest + "\n"));
  EXPECT_FALSE(passes(" " + honest));
}

TEST_F(IdTokenTest, DuplicateAndMalformedJson) {
  EXPECT_FALSE(passes_with_header(R"({"alg":"none","alg":"RS256"})"));
  EXPECT_FALSE(passes_with_header(R"([{"alg":"RS256"}])"));
  EXPECT_FALSE(passes(test::sign_jwt(rsa, kHeader, "\"claims\"")));
}

TEST_F(IdTokenTest, WrongIssuer) {
  EXPECT_FALSE(passes_with("iss", R"("https://evil.example")"));
  EXPECT_FALSE(passes_with("iss", R"("https://idp.example/")"));
  EXPECT_FALSE(passes_with("iss", R"(["https://idp.example"])"));
  EXPECT_FALSE(passes_with("iss", ""));
}

TEST_F(IdTokenTest, Audience) {
  EXPECT_TRUE(passes_with("aud", R"(["client"])"));
  EXPECT_FALSE(passes_with("aud", R"("another")"));
  EXPECT_FALSE(passes_with("aud", R"([])"));
  EXPECT_FALSE(passes_with("aud", R"(["client",7])"));
  EXPECT_FALSE(passes_with("aud", R"({"client":1})"));
  EXPECT_FALSE(passes_with("aud", ""));
}

TEST_F(IdTokenTest, SeveralAudiencesNeedAzp) {
  EXPECT_FALSE(passes_with("aud", R"(["client","another"])"));
  EXPECT_TRUE(passes_with("aud", R"(["client","another"],"azp":"client")"));
  EXPECT_FALSE(passes_with("aud", R"(["client","another"],"azp":"another")"));
}

TEST_F(IdTokenTest, AzpOfAnotherClient) {
  EXPECT_FALSE(passes_with("azp", R"("another")"));
  EXPECT_FALSE(passes_with("azp", "1"));
  EXPECT_TRUE(passes_with("azp", R"("client")"));
}

TEST_F(IdTokenTest, Expired) {
  EXPECT_FALSE(passes_with("exp", std::to_string(now() - 60)));
  EXPECT_TRUE(passes_with("exp", std::to_string(now() - 59)));
  EXPECT_TRUE(passes_with("exp", std::to_string(now() + 300) + ".5"));
  EXPECT_FALSE(passes_with("exp", '"' + std::to_string(now() + 300) + '"'));
  EXPECT_FALSE(passes_with("exp", ""));
}

TEST_F(IdTokenTest, IssuedInTheFutureOrLongAgo) {
  EXPECT_TRUE(passes_with("iat", std::to_string(now() + 60)));
  EXPECT_FALSE(passes_with("iat", std::to_string(now() + 61)));
  EXPECT_TRUE(passes_with("iat", std::to_string(now() - 600)));
  EXPECT_FALSE(passes_with("iat", std::to_string(now() - 601)));
  EXPECT_FALSE(passes_with("iat", ""));
}

TEST_F(IdTokenTest, NotBefore) {
  EXPECT_TRUE(passes_with("nbf", std::to_string(now() + 60)));
  EXPECT_FALSE(passes_with("nbf", std::to_string(now() + 61)));
  EXPECT_FALSE(passes_with("nbf", "\"soon\""));
}

TEST_F(IdTokenTest, ReplayedFromAnotherFlow) {
  EXPECT_FALSE(passes_with("nonce", R"("nonce-2")"));
  EXPECT_FALSE(passes_with("nonce", ""));
  EXPECT_FALSE(passes_with("nonce", "null"));
}

TEST_F(IdTokenTest, AnEmptyNonceMatchesNothing) {
  const auto token = IdToken::read(test::sign_jwt(rsa, kHeader, claims("nonce", "\"\"")),
                                   {SignatureAlgorithm::rs256});
  ASSERT_TRUE(token);
  IdTokenExpectations nothing = expected();
  nothing.nonce = "";
  EXPECT_FALSE(token->verify({test::public_key(rsa)}, nothing));
}

TEST_F(IdTokenTest, Subject) {
  EXPECT_TRUE(passes_with("sub", '"' + std::string(255, 's') + '"'));
  EXPECT_FALSE(passes_with("sub", '"' + std::string(256, 's') + '"'));
  EXPECT_FALSE(passes_with("sub", R"("")"));
  EXPECT_FALSE(passes_with("sub", "17"));
  EXPECT_FALSE(passes_with("sub", R"("a\u0000b")"));
  EXPECT_FALSE(passes_with("sub", ""));
}

TEST_F(IdTokenTest, AccessTokenSwappedForAnother) {
  const auto at_hash = [](std::string_view access_token) {
    return '"' + base64url_encode(sha256(access_token).substr(0, 16)) + '"';
  };
  EXPECT_TRUE(passes_with("at_hash", at_hash("access-1")));
  EXPECT_FALSE(passes_with("at_hash", at_hash("access-2")));
  EXPECT_FALSE(passes_with("at_hash", "1"));
}

TEST_F(IdTokenTest, StaleLoginWhenAFreshOneWasAskedFor) {
  const std::string text =
      test::sign_jwt(rsa, kHeader, claims("auth_time", std::to_string(now() - 3'600)));
  const auto token = IdToken::read(text, {SignatureAlgorithm::rs256});
  ASSERT_TRUE(token);
  EXPECT_TRUE(token->verify({test::public_key(rsa)}, expected()));
  IdTokenExpectations fresh = expected();
  fresh.fresh_login = true;
  EXPECT_FALSE(token->verify({test::public_key(rsa)}, fresh));
}

}  // namespace
}  // namespace latchkey::providers
