// /openapi.json against the service it describes: neither can change without the other.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "broker/app.h"
#include "tests/support/fake_random.h"

namespace latchkey::broker {
namespace {

using testing::ElementsAreArray;

class OpenApiTest : public testing::Test {
 protected:
  OpenApiTest() {
    config_.server.secret_key = Secret("a test's secret key of more than 32 bytes");
    // Nothing listens there, and none of these answers needs it.
    config_.database.url = Secret("host=/nonexistent");
    app_.emplace(config_, clock_, random_);
  }

  [[nodiscard]] http::Response get(const std::string& path, const std::string& etag = "") const {
    http::RawRequest raw{.method = "GET", .path = path, .target = path};
    if (!etag.empty()) raw.headers.add("If-None-Match", etag);
    return app_->dispatcher().handle(std::move(raw));
  }
  [[nodiscard]] JsonDocument document() const {
    return *JsonDocument::parse(get("/openapi.json").body);
  }
  [[nodiscard]] const http::Router& router() const { return app_->router(); }

 private:
  config::Config config_;
  SystemClock clock_;
  test::FakeRandom random_;
  std::optional<App> app_;
};

std::string header(const http::Response& response, std::string_view name) {
  for (const auto& [field, value] : response.headers) {
    if (field == name) return value;
  }
  return "";
}

// "GET /auth/providers"
std::vector<std::string> described_operations(JsonView root) {
  std::vector<std::string> operations;
  for (const auto& [path, item] : root["paths"].members()) {
    for (const auto& [name, operation] : item.members()) {
      if (name == "parameters") continue;
      std::string method(name);
      for (char& c : method) c = static_cast<char>(c - 'a' + 'A');
      operations.push_back(method + " " + std::string(path));
    }
  }
  std::sort(operations.begin(), operations.end());
  return operations;
}

void collect_references(JsonView value, std::set<std::string>& out) {
  for (const auto& [name, member] : value.members()) {
    if (name == "$ref") out.emplace(member.string().value_or("not a string"));
    collect_references(member, out);
  }
  for (const JsonView item : value.items()) collect_references(item, out);
}

// "#/components/schemas/Error" for each component.
std::set<std::string> components(JsonView root) {
  std::set<std::string> names;
  for (const auto& [kind, group] : root["components"].members()) {
    if (kind == "securitySchemes") continue;
    for (const auto& [name, component] : group.members()) {
      names.insert("#/components/" + std::string(kind) + "/" + std::string(name));
    }
  }
  return names;
}

TEST_F(OpenApiTest, DescribesExactlyTheRoutesThereAre) {
  std::vector<std::string> mounted;
  for (const http::Route* route : router().routes()) {
    mounted.push_back(std::string(http::method_name(route->method)) + " " + route->pattern);
  }
  std::sort(mounted.begin(), mounted.end());
  EXPECT_THAT(described_operations(document().root()), ElementsAreArray(mounted));
}

TEST_F(OpenApiTest, NamesExactlyTheErrorCodesThereAre) {
  std::set<std::string_view> codes;
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal_error); ++i) {
    codes.insert(describe(static_cast<ErrorCode>(i)).code);
  }
  const JsonDocument openapi = document();
  std::vector<std::string_view> described;
  for (const JsonView code : openapi.root()["components"]["schemas"]["ErrorCode"]["enum"].items()) {
    described.push_back(code.string().value_or("not a string"));
  }
  std::sort(described.begin(), described.end());
  EXPECT_THAT(described, ElementsAreArray(codes));
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhereAndEveryComponentIsUsed) {
  const JsonDocument openapi = document();
  std::set<std::string> references;
  collect_references(openapi.root(), references);
  EXPECT_EQ(references, components(openapi.root()));
}

TEST_F(OpenApiTest, EverySecurityRequirementNamesAScheme) {
  const JsonDocument openapi = document();
  const JsonView schemes = openapi.root()["components"]["securitySchemes"];
  for (const auto& [path, item] : openapi.root()["paths"].members()) {
    for (const auto& [method, operation] : item.members()) {
      for (const JsonView requirement : operation["security"].items()) {
        for (const auto& [scheme, scopes] : requirement.members()) {
          EXPECT_TRUE(schemes[scheme].is_object()) << path << " " << scheme;
        }
      }
    }
  }
}

TEST_F(OpenApiTest, IsOfThisVersion) {
  const JsonDocument openapi = document();
  EXPECT_EQ(openapi.root()["openapi"].string(), "3.1.0");
  EXPECT_EQ(openapi.root()["info"]["version"].string(), LATCHKEY_VERSION);
}

TEST_F(OpenApiTest, IsServedAsJsonThatMayBeKept) {
  const http::Response answer = get("/openapi.json");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(header(answer, "Cache-Control"), "public, max-age=300");

  const http::Response again = get("/openapi.json", header(answer, "ETag"));
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST_F(OpenApiTest, IsNoAsset) { EXPECT_EQ(get("/auth/assets/openapi.json").status, 404); }

}  // namespace
}  // namespace latchkey::broker
