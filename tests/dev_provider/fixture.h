// What the tests of the dev provider share: one that runs, and a client that plays the browser and
// the application.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/json.h"
#include "base/url.h"
#include "providers/dev/dev_provider.h"
#include "tests/support/fake_clock.h"

namespace latchkey::test {

using providers::dev::Endpoint;
using providers::dev::StandIn;

struct Reply {
  int status = 0;  // 0: the connection broke
  std::multimap<std::string, std::string> headers = {};
  std::string body = {};

  [[nodiscard]] std::string header(const std::string& name) const;  // empty when absent
  // A parameter of the Location's query, or empty.
  [[nodiscard]] std::string redirect_parameter(std::string_view name) const;
  // A string at the top of a JSON object, or empty.
  [[nodiscard]] std::string text(std::string_view key) const;
  // Fails the test when the body is no JSON.
  [[nodiscard]] JsonDocument json() const;
};

using Headers = std::multimap<std::string, std::string>;

class DevFixture : public testing::Test {
 protected:
  static void SetUpTestSuite();  // making RSA keys takes a while: one provider for all tests
  static void TearDownTestSuite();
  void SetUp() override { dev().reset(); }

  static providers::dev::DevProvider& dev();
  static FakeClock& clock();

  // Paths are below the base URL.
  static Reply get(const std::string& path, const Headers& headers = {});
  static Reply post(const std::string& path, const QueryParameters& form,
                    const Headers& headers = {});
  static Reply post_json(const std::string& path, const std::string& body);

  // The authorization request of an application, with some parameters replaced or (empty) left out.
  static std::string authorize_path(StandIn stand_in, const QueryParameters& changes = {});
  // The code a sign-in of this person ends with.
  static std::string code_for(StandIn stand_in, const std::string& person,
                              const QueryParameters& changes = {});
  static QueryParameters token_form(const std::string& code, const QueryParameters& changes = {});
  static Reply exchange(StandIn stand_in, const QueryParameters& form);
  // An access token of this person.
  static std::string token_for(StandIn stand_in, const std::string& person,
                               const QueryParameters& changes = {});
  static Headers bearer(const std::string& token);
};

inline constexpr const char* kRedirectUri = "http://localhost:8080/auth/callback";
// RFC 7636 appendix B
inline constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
inline constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

std::string token_path(StandIn stand_in);

}  // namespace latchkey::test
