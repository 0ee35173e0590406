// Every administrative operation that openapi.json describes, asked as staff may ask it: the
// reading ones answer, the changing ones leave no trace when they are only tried and one when they
// are not. An operation without a row here fails the first test. Who may not ask is
// authorisation_test.cpp's.
#include <algorithm>

#include <gmock/gmock.h>

#include "tests/integration/admin/merge_fixture.h"
#include "tests/integration/mail_slot.h"

namespace latchkey::test {
namespace {

struct Operation {
  std::string method;
  std::string pattern;  // as openapi.json writes it
  std::string path;     // of something that is there
  std::string members = {};
};

class EveryRouteTest : public MergeTest {
 protected:
  // With mail and a receiver of webhooks, so that a trial that told somebody would be found out.
  EveryRouteTest()
      : MergeTest([](config::Config& config) {
          configure_mail(config);
          config.admin.webhook_url = "http://127.0.0.1:1/hook";
          config.admin.webhook_secret = Secret("a receiver's secret");
        }) {
    for (int i = 0; i < 2; ++i) {
      Browser browser = service_.browser();
      log_in(browser, "ada@example.com", kPassword);
    }
    post(user_path(ada_, "identities/"), R"("provider":"google","email":"ada@example.org")");
    const auto cyd = service_.add_user({.email = "cyd@example.com"});
    const auto dan = service_.add_user({.email = "dan@example.com"});
    undoable_ = merged(cyd, dan);
  }

  // In an order in which each finds what it needs after those before it.
  std::vector<Operation> changes() {
    const std::string one = "/api/admin/users/{id}/";
    const auto newest = [this](const std::string& table) {
      const std::string query = "SELECT max(id)::text FROM " + table;
      const auto db = service_.database();
      return must(db->execute({.name = query.c_str(), .text = query.c_str()}))[0].text(0) + "/";
    };
    const std::string identity = std::to_string(find("github", "ada")->id) + "/";
    return {
        {"DELETE", one + "sessions/{session_id}/",
         user_path(ada_, "sessions/" + newest("sessions"))},
        {"DELETE", one + "sessions/", user_path(ada_, "sessions/")},
        {"DELETE", one + "preauthorised/{preauthorised_id}/",
         user_path(ada_, "preauthorised/" + newest("preauthorised_identities"))},
        {"DELETE", one + "identities/{identity_id}/", user_path(ada_, "identities/" + identity)},
        {"POST", one + "identities/", user_path(ada_, "identities/"),
         R"("provider":"facebook","subject":"ada")"},
        {"PATCH", one, user_path(ada_), R"("email":"countess@example.com","disabled":true)"},
        {"POST", "/api/admin/users/", "/api/admin/users/", R"("email":"new@example.com")"},
        {"POST", "/api/admin/merges/{id}/undo/",
         "/api/admin/merges/" + std::to_string(undoable_) + "/undo/"},
        {"POST", "/api/admin/webhooks/{id}/replay/",
         "/api/admin/webhooks/" + newest("webhook_deliveries") + "replay/"},
        {"POST", one + "merge/", user_path(bob_, "merge/"),
         R"("force":true,"into":)" + std::to_string(ada_)},
    };
  }
  std::vector<Operation> reads() const {
    return {
        {"GET", "/api/admin/users/", "/api/admin/users/"},
        {"GET", "/api/admin/users/{id}/", user_path(ada_)},
        {"GET", "/api/admin/users/{id}/sessions/", user_path(ada_, "sessions/")},
        {"GET", "/api/admin/audit/", "/api/admin/audit/"},
        {"GET", "/api/admin/explain/", "/api/admin/explain/?provider=github&subject=ada"},
        {"GET", "/api/admin/merges/", "/api/admin/merges/"},
        {"GET", "/api/admin/providers/", "/api/admin/providers/"},
        {"GET", "/api/admin/webhooks/", "/api/admin/webhooks/"},
    };
  }
  Answer ask(const Operation& operation, const std::string& query = "") {
    return change(operation.method, operation.path + query, because(operation.members));
  }

  std::int64_t undoable_ = 0;
};

TEST_F(EveryRouteTest, HasARowHere) {
  std::vector<std::string> described;
  const JsonDocument document = json(service_.browser().get("/openapi.json"));
  for (const auto& [path, item] : document.root()["paths"].members()) {
    if (!path.starts_with("/api/admin/")) continue;
    for (const auto& [name, operation] : item.members()) {
      if (name == "parameters") continue;
      std::string method(name);
      std::transform(method.begin(), method.end(), method.begin(),
                     [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      described.push_back(method + " " + std::string(path));
    }
  }
  std::vector<std::string> listed;
  for (const Operation& row : reads()) listed.push_back(row.method + " " + row.pattern);
  for (const Operation& row : changes()) listed.push_back(row.method + " " + row.pattern);
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(described));
}

TEST_F(EveryRouteTest, ThatReadsAnswersStaffAndChangesNothing) {
  const auto before = contents();
  for (const Operation& row : reads()) {
    EXPECT_EQ(staff_.get(row.path).status, 200) << row.path;
  }
  EXPECT_EQ(contents(), before);
}

TEST_F(EveryRouteTest, ThatChangesSaysInATrialWhatItWouldChangeAndLeavesNoTrace) {
  const auto before = contents();
  for (const Operation& row : changes()) {
    const Answer answer = ask(row, "?dry_run=1");
    ASSERT_EQ(answer.status, 200) << row.method << " " << row.path << " " << answer.body;
    const JsonDocument report = json(answer);
    EXPECT_EQ(report.root()["dry_run"].boolean(), true) << row.path;
    EXPECT_FALSE(report.root()["changes"].items().empty()) << row.method << " " << row.path;
    EXPECT_EQ(contents(), before) << row.method << " " << row.path;
  }
}

TEST_F(EveryRouteTest, ThatChangesDoesItAndLeavesAnAuditEntryWithTheReason) {
  constexpr const char* kEntries =
      "SELECT count(*)::text FROM audit_events WHERE reason = 'asked by telephone'";
  std::string entries = column(kEntries).at(0);
  for (const Operation& row : changes()) {
    const Answer answer = ask(row);
    ASSERT_EQ(answer.status / 100, 2) << row.method << " " << row.path << " " << answer.body;
    const std::string after = column(kEntries).at(0);
    EXPECT_NE(after, entries) << row.method << " " << row.path;
    entries = after;
  }
}

}  // namespace
}  // namespace latchkey::test
