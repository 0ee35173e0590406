// The audit log as staff read it, how long it is kept, and what the link policy says it would do.
#include <gmock/gmock.h>

#include "base/encoding.h"
#include "sql/audit_log.h"
#include "tests/integration/admin/staff_test.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class AuditTest : public StaffTest {
 protected:
  void log(const std::string& action, std::optional<sql::UserId> user, Duration ago = {}) {
    must(sql::audit_events::insert(*database_, {.at = service_.clock.now() - ago,
                                                .action = action,
                                                .user_id = user,
                                                .reason = "because \"it\"\nis a test"}));
  }
  JsonDocument read(const std::string& query) {
    const Answer answer = staff_.get("/api/admin/audit/?" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return must(JsonDocument::parse(answer.body));
  }
  std::size_t count(const std::string& query) {
    return read(query).root()["results"].items().size();
  }
  std::string decision(const std::string& query) {
    return staff_.get("/api/admin/explain/?" + query).text("decision");
  }
};

TEST_F(AuditTest, IsFilteredByUserActionAndTime) {
  log("user.disable", 7, std::chrono::hours(48));
  log("user.disable", 8);
  log("user.enable", 7);
  EXPECT_EQ(count("user=7"), 2U);
  EXPECT_EQ(count("action=user.disable"), 2U);
  EXPECT_EQ(count("user=7&action=user.disable"), 1U);
  EXPECT_EQ(count("user=7&since=2000-01-01&until=2001-01-01T00:00:00Z"), 0U);
  EXPECT_EQ(staff_.get("/api/admin/audit/?since=yesterday").code(), "parameters_invalid");
  EXPECT_EQ(staff_.get("/api/admin/audit/?user=me").code(), "parameters_invalid");
}

TEST_F(AuditTest, PagesFollowOneAnotherWhileEntriesAreAdded) {
  for (int i = 0; i < 120; ++i) log("test.entry", i);
  std::vector<std::int64_t> users;
  std::string next;
  do {
    const JsonDocument page = read("action=test.entry&page=" + next);
    for (const JsonView entry : page.root()["results"].items()) {
      users.push_back(entry["user_id"].integer().value());
    }
    next = page.root()["next"].string().value_or("");
    log("test.entry", 1000);
  } while (!next.empty());
  ASSERT_EQ(users.size(), 120U);
  for (std::size_t i = 0; i < users.size(); ++i) EXPECT_EQ(users[i], 119 - std::int64_t(i));
}

TEST_F(AuditTest, APageThatNoAnswerNamedIsRefused) {
  const std::string nul(1, '\0');
  for (const std::string& place :
       {std::string("x"), "1" + nul + "x", "9223372036854775807" + nul + "1",
        "-9223372036854775808" + nul + "1", "1" + nul + "2" + nul + "3"}) {
    const Answer answer = staff_.get("/api/admin/audit/?page=" + base64url_encode(place));
    EXPECT_EQ(answer.code(), "parameters_invalid") << answer.body;
  }
  EXPECT_EQ(staff_.get("/api/admin/audit/?page=***").code(), "parameters_invalid");
}

TEST_F(AuditTest, IsExportedAsLinesInBoundedPages) {
  constexpr sql::Statement kMany = {
      .name = "test.many",
      .text =
          "INSERT INTO audit_events (at, action) SELECT now(), 'test.many'"
          " FROM generate_series(1, 2500)"};
  must(database_->execute(kMany));
  const HeaderList accept{{"Accept", "application/x-ndjson"}};
  const Answer first = staff_.get("/api/admin/audit/?action=test.many", accept);
  EXPECT_EQ(first.header("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(std::count(first.body.begin(), first.body.end(), '\n'), 2000);
  const std::string line = first.body.substr(0, first.body.find('\n'));
  EXPECT_EQ(must(JsonDocument::parse(line)).root()["action"].string(), "test.many");
  const Answer second = staff_.get("/api/admin/audit/?action=test.many&format=ndjson&page=" +
                                   first.header("X-Next-Page"));
  EXPECT_EQ(std::count(second.body.begin(), second.body.end(), '\n'), 500);
  EXPECT_EQ(second.header("X-Next-Page"), "");
}

TEST_F(AuditTest, NobodyChangesOrDeletesAnEntry) {
  log("test.entry", 1);
  EXPECT_FALSE(database_->execute_script("DELETE FROM audit_events"));
  EXPECT_FALSE(database_->execute_script("UPDATE audit_events SET reason = ''"));
  EXPECT_FALSE(database_->execute_script("TRUNCATE audit_events"));
  EXPECT_EQ(count("action=test.entry"), 1U);
}

TEST_F(AuditTest, ExplainAnswersWhatASignInWouldDoAndDoesNothing) {
  const sql::UserId ada = service_.add_user({.email = "ada@gmail.com"});
  service_.add_user({.email = "gone@example.com", .disabled = true});
  service_.add_user({.email = "unproven@example.com", .verified = false});
  must(sql::identities::insert(
      *database_,
      {.user_id = ada, .provider = "github", .subject = "42", .linked_at = service_.clock.now()}));
  const auto before = contents();
  EXPECT_EQ(decision("provider=github&subject=42"), "sign_in");
  EXPECT_EQ(decision("provider=github&subject=43&email=ada@gmail.com&verified=1"), "link");
  EXPECT_EQ(decision("provider=github&subject=43&email=ada@gmail.com"), "pend_email_unverified");
  EXPECT_EQ(decision("provider=github&subject=43"), "pend_email_missing");
  EXPECT_EQ(decision("provider=google&subject=1&email=ada@gmail.com&verified=1"), "link");
  EXPECT_EQ(decision("provider=google&subject=1&email=unproven@example.com&verified=1"),
            "pend_account_exists");
  EXPECT_EQ(decision("provider=google&subject=1&email=unproven@example.com&verified=1&workspace=1"),
            "claim");
  EXPECT_EQ(decision("provider=github&subject=1&email=new@example.com&verified=1"), "create");
  EXPECT_EQ(decision("provider=facebook&subject=1&email=ada@gmail.com&verified=1"),
            "pend_email_unverified");
  const Answer gone =
      staff_.get("/api/admin/explain/?provider=github&subject=1&email=gone@example.com&verified=1");
  EXPECT_EQ(gone.text("decision"), "refuse_disabled");
  EXPECT_EQ(gone.code(), "account_disabled");
  EXPECT_THAT(gone.body, HasSubstr(R"("reason":"refused: the account is disabled")"));
  EXPECT_EQ(staff_.get("/api/admin/explain/?provider=nobody").code(), "provider_unknown");
  EXPECT_EQ(contents(), before);
}

class ExplainDomainsTest : public StaffTest {
 protected:
  ExplainDomainsTest()
      : StaffTest([](config::Config& config) {
          config.providers["github"].allowed_domains = {"example.com"};
          config.providers["google"].hosted_domain = "example.com";
        }) {}
  std::string decision(const std::string& query) {
    return staff_.get("/api/admin/explain/?" + query).text("decision");
  }
};

TEST_F(ExplainDomainsTest, WhoComesFromElsewhereIsTurnedAwayBeforeTheLinkPolicy) {
  EXPECT_EQ(decision("provider=github&subject=1&email=a@example.com&verified=1"), "create");
  const Answer refused =
      staff_.get("/api/admin/explain/?provider=github&subject=1&email=a@example.org&verified=1");
  EXPECT_EQ(refused.status, 200);
  EXPECT_EQ(refused.text("decision"), "refuse_domain");
  EXPECT_EQ(refused.code(), "domain_not_allowed");
  EXPECT_EQ(decision("provider=github&subject=1"), "refuse_domain");
  EXPECT_EQ(decision("provider=google&subject=1&email=a@example.com&verified=1"), "refuse_domain");
  EXPECT_EQ(decision("provider=google&subject=1&email=a@example.com&verified=1&workspace=1"),
            "create");
  EXPECT_EQ(decision("provider=google&subject=1&email=a@example.org&verified=1&workspace=1"),
            "refuse_domain");
}

}  // namespace
}  // namespace latchkey::test
