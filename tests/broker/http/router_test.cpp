#include "broker/http/router.h"

#include <gtest/gtest.h>

namespace latchkey::broker::http {
namespace {

Handler named(std::string_view name) {
  return [name = std::string(name)](const Request&) { return detail_response(200, name); };
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    router_.add({.method = Method::get, .pattern = "/", .handler = named("root")});
    router_.add({.method = Method::get,
                 .pattern = "/api/social/{provider}/",
                 .handler = named("complete")});
    router_.add({.method = Method::post,
                 .pattern = "/api/social/{provider}/",
                 .handler = named("post complete")});
    router_.add(
        {.method = Method::get, .pattern = "/api/social/pending/", .handler = named("pending")});
    router_.add(
        {.method = Method::del, .pattern = "/api/sessions/{id}/", .handler = named("end session")});
  }

  std::string answer(Method method, std::string_view path) const {
    const auto match = router_.match(method, path);
    return match.route == nullptr ? "none" : match.route->handler({}).body;
  }

  Router router_;
};

TEST_F(RouterTest, TrailingSlashDoesNotMatter) {
  EXPECT_EQ(answer(Method::get, "/api/social/github/"), answer(Method::get, "/api/social/github"));
  EXPECT_EQ(router_.match(Method::get, "/api/social/github").provider, "github");
}

TEST_F(RouterTest, LiteralPathsWinOverParameters) {
  EXPECT_EQ(answer(Method::get, "/api/social/pending/"), R"({"detail":"pending"})");
}

TEST_F(RouterTest, ASecondParameterHasAPlaceOfItsOwn) {
  Router router;
  router.add({.method = Method::del,
              .pattern = "/api/admin/users/{id}/sessions/{session_id}/",
              .handler = named("end")});
  const auto match = router.match(Method::del, "/api/admin/users/7/sessions/9/");
  EXPECT_EQ(match.id, "7");
  EXPECT_EQ(match.item, "9");
}

TEST_F(RouterTest, HeadIsAnsweredByGet) {
  EXPECT_EQ(answer(Method::head, "/"), R"({"detail":"root"})");
}

TEST_F(RouterTest, AnotherMethodOfAKnownPathNamesThoseAllowed) {
  const auto match = router_.match(Method::del, "/api/social/github/");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
}

TEST_F(RouterTest, UnknownPathsMatchNothing) {
  for (const char* path : {"/api", "/api/social", "/api/social/", "/api/social//",
                           "/api/social/a/b", "//", "", "/api/sessions/"}) {
    const auto match = router_.match(Method::get, path);
    EXPECT_EQ(match.route, nullptr) << path;
    EXPECT_TRUE(match.allow.empty()) << path;
  }
}

}  // namespace
}  // namespace latchkey::broker::http
