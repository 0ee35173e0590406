// The inner pieces of a sign-in.
#include <stdexcept>
#include <string>

#include <benchmark/benchmark.h>

#include "broker/flow.h"
#include "broker/link_policy.h"
#include "broker/redirect_target.h"
#include "providers/id_token.h"
#include "test_keys.h"

namespace latchkey {
namespace {

struct FlowFixture {
  SystemRandom random;
  config::Session config;
  Keyring keyring{Secret(std::string(32, 'k')), {}};
  broker::FlowCookies cookies{keyring, config, random};
  broker::Flow flow{.provider = "google",
                    .state = random_token(random),
                    .code_verifier = random_token(random),
                    .nonce = random_token(random),
                    .next = "/account?tab=devices",
                    .redirect_uri = "https://login.example.com/auth/google/callback",
                    .started_at = SystemClock().now()};
};

void flow_seal(benchmark::State& state) {
  const FlowFixture fixture;
  for (auto _ : state) benchmark::DoNotOptimize(fixture.cookies.keep(fixture.flow, {}));
}
BENCHMARK(flow_seal);

void flow_open(benchmark::State& state) {
  const FlowFixture fixture;
  const sessions::SetCookie cookie = fixture.cookies.keep(fixture.flow, {}).back();
  const std::string header = cookie.name + "=" + cookie.value;
  const auto jar = sessions::CookieJar::parse({header});
  for (auto _ : state) {
    const auto flow = fixture.cookies.find(fixture.flow.state, jar);
    if (!flow) return state.SkipWithError("the flow does not open");
  }
}
BENCHMARK(flow_open);

// Reading, signature and claims.
void id_token(benchmark::State& state, const test::Pkey& key, const std::string& algorithm,
              SignatureAlgorithm accepted) {
  const TimePoint now = SystemClock().now();
  const std::string seconds = std::to_string(unix_seconds(now));
  const std::string text = test::sign_jwt(
      key, R"({"alg":")" + algorithm + R"(","kid":"k1","typ":"JWT"})",
      R"({"iss":"https://idp.example","aud":"client","sub":"person-1","nonce":"n","iat":)" +
          seconds + R"(,"exp":)" + std::to_string(unix_seconds(now) + 300) + "}");
  const std::vector<PublicKey> keys{test::public_key(key)};
  const providers::IdTokenExpectations expected{.issuers = {"https://idp.example"},
                                                .client_id = "client",
                                                .nonce = "n",
                                                .access_token = "a",
                                                .now = now};
  for (auto _ : state) {
    const auto token = providers::IdToken::read(text, {accepted});
    if (!token || !token->verify(keys, expected)) return state.SkipWithError("not accepted");
  }
}
BENCHMARK_CAPTURE(id_token, rs256, test::make_rsa_key(), "RS256", SignatureAlgorithm::rs256);
BENCHMARK_CAPTURE(id_token, es256, test::make_p256_key(), "ES256", SignatureAlgorithm::es256);

void link_policy(benchmark::State& state) {
  broker::LinkQuestion question{.email = broker::EmailStanding::verified,
                                .account = broker::LocalAccount{.email_verified = true}};
  for (auto _ : state) {
    benchmark::DoNotOptimize(question);
    benchmark::DoNotOptimize(broker::decide(question));
  }
}
BENCHMARK(link_policy);

void redirect_check(benchmark::State& state, const std::string& next) {
  const broker::http::OriginPolicy origins(
      "https://login.example.com", {"https://app.example.com", "https://*.preview.example.com"});
  const broker::RedirectTargets targets(origins, "/");
  for (auto _ : state) benchmark::DoNotOptimize(targets.resolve(next));
}
BENCHMARK_CAPTURE(redirect_check, path, "/account?tab=devices");
BENCHMARK_CAPTURE(redirect_check, origin, "https://pr-7.preview.example.com/deep?x=1");
BENCHMARK_CAPTURE(redirect_check, refused, "https://app.example.com.evil.example/");

}  // namespace
}  // namespace latchkey
