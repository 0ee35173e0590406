// Who may use the administration: every route below /api/admin/ that is mounted, asked by everybody
// who may not. A new route is in these tests as soon as it is mounted.
#include <algorithm>

#include "broker/http/router.h"
#include "tests/integration/admin/staff_test.h"

namespace latchkey::test {
namespace {

using broker::http::Method;
using broker::http::Route;

struct Ask {
  std::string method;
  std::string path;
};

class AuthorisationTest : public StaffTest {
 protected:
  AuthorisationTest() {
    service_.add_user({.email = "user@example.com", .password = kPassword});
    log_in(user_, "user@example.com", kPassword);
  }
  std::vector<Ask> asks() const {
    std::vector<Ask> asks;
    for (const Route* route : service_.router().routes()) {
      if (!route->pattern.starts_with("/api/admin/")) continue;
      std::string path = route->pattern;
      for (auto brace = path.find('{'); brace != std::string::npos; brace = path.find('{')) {
        path.replace(brace, path.find('}') - brace + 1, std::to_string(staff_id_));
      }
      asks.push_back({std::string(broker::http::method_name(route->method)), path});
    }
    return asks;
  }
  static bool changes(const Ask& ask) { return ask.method != "GET"; }
  // "METHOD path status code" of each ask, by whoever `send` sends as.
  template <class Send>
  void expect_all(int status, const std::string& code, bool only_changes, Send send) {
    for (const Ask& ask : asks()) {
      if (only_changes && !changes(ask)) continue;
      const Answer answer = send(ask);
      EXPECT_EQ(answer.status, status) << ask.method << " " << ask.path << " " << answer.body;
      EXPECT_EQ(answer.code(), code) << ask.method << " " << ask.path;
    }
  }
  static std::string body(const Ask& ask) { return changes(ask) ? R"({"reason":"a test"})" : ""; }
  static HeaderList token(Browser& browser) {
    return {{"X-CSRFToken", browser.cookies["csrftoken"]}};
  }

  Browser user_ = service_.browser();
};

TEST_F(AuthorisationTest, ThereAreRoutesToTry) {
  const auto all = asks();
  EXPECT_GE(all.size(), 10U);
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), changes));
}

TEST_F(AuthorisationTest, AnonymousVisitorsGetNothing) {
  Browser anonymous = service_.browser();
  const auto before = contents();
  expect_all(403, "not_authenticated", false,
             [&](const Ask& ask) { return anonymous.send(ask.method, ask.path, body(ask), {}); });
  EXPECT_EQ(contents(), before);
}

TEST_F(AuthorisationTest, UsersGetNothing) {
  const auto before = contents();
  expect_all(403, "permission_denied", false, [&](const Ask& ask) {
    return user_.send(ask.method, ask.path, body(ask), token(user_));
  });
  EXPECT_EQ(contents(), before);
}

TEST_F(AuthorisationTest, ChangesNeedTheCsrfToken) {
  const auto before = contents();
  expect_all(403, "csrf_failed", true,
             [&](const Ask& ask) { return staff_.send(ask.method, ask.path, body(ask), {}); });
  EXPECT_EQ(contents(), before);
}

TEST_F(AuthorisationTest, ChangesNeedALoginOfLately) {
  service_.clock.advance(std::chrono::minutes(6));
  const auto before = contents();
  expect_all(403, "reauthentication_required", true, [&](const Ask& ask) {
    return staff_.send(ask.method, ask.path, body(ask), token(staff_));
  });
  EXPECT_EQ(contents(), before);
}

TEST_F(AuthorisationTest, ChangesFromAForeignOriginAreRefused) {
  expect_all(403, "origin_not_allowed", true, [&](const Ask& ask) {
    HeaderList headers = token(staff_);
    headers.emplace_back("Origin", "https://evil.example");
    return staff_.send(ask.method, ask.path, body(ask), headers);
  });
}

TEST_F(AuthorisationTest, ChangesNeedAReason) {
  const auto before = contents();
  for (const Ask& ask : asks()) {
    if (!changes(ask)) continue;
    const Answer answer = staff_.send(ask.method, ask.path, "{}", token(staff_));
    EXPECT_EQ(answer.status / 100, 4) << ask.method << " " << ask.path << answer.body;
  }
  EXPECT_EQ(contents(), before);
}

TEST_F(AuthorisationTest, ADryRunThatIsMisspeltIsNotTheRealThing) {
  for (const Ask& ask : asks()) {
    if (!changes(ask)) continue;
    const Answer answer =
        staff_.send(ask.method, ask.path + "?dry_run=yes", body(ask), token(staff_));
    EXPECT_EQ(answer.code(), "parameters_invalid") << ask.method << " " << ask.path;
  }
}

TEST_F(AuthorisationTest, StaffWhoAreDismissedMayDoNothingAtOnce) {
  service_.add_user({.email = "other@example.com", .staff = true});
  (void)must(sql::users::set_staff(*service_.database(), staff_id_, false));
  // The change desk asks the database, whatever the session remembers.
  const Answer answer =
      change("POST", "/api/admin/users/", R"({"email":"new@example.com","reason":"a test"})");
  EXPECT_EQ(answer.code(), "permission_denied") << answer.body;
}

}  // namespace
}  // namespace latchkey::test
