// Session checks as front ends, token clients and reverse proxies ask for them: on the connection
// loop and, spelled in another way, through the workers, with the same answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/users.h"
#include "tests/integration/service.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

constexpr const char* kEmail = "ada@example.com";
constexpr const char* kPassword = "analytical-engine";
constexpr const char* kFrontEnd = "https://app.example.com";
constexpr const char* kOwnHeaders[] = {"X-Auth-User-Id", "X-Auth-Email", "X-Auth-Name",
                                       "X-Auth-Staff"};

// The path as the loop knows it, and one that says the same and goes to a worker.
struct Spelling {
  std::string loop;
  std::string worker;
};
const Spelling kSpellings[] = {{"/api/account/", "/api/acc%6funt/"},
                               {"/api/me/", "/api/m%65/"},
                               {"/auth/verify", "/auth/verif%79"}};

// With the cache and without it.
class SessionChecksTest : public testing::TestWithParam<bool> {
 protected:
  SessionChecksTest() {
    service_.add_user({.email = kEmail, .password = kPassword});
    log_in(browser_, kEmail, kPassword);
  }
  sql::UserId user_id() {
    return (*sql::users::find_by_email(*service_.database(), *Email::parse(kEmail)))->id;
  }
  void rename(const std::string& name) {
    constexpr sql::Statement kRename = {.name = "test.rename",
                                        .text = "UPDATE users SET name = $1"};
    ASSERT_TRUE(service_.database()->execute(kRename, sql::Parameters().text(name)));
  }

  Service service_{[](config::Config& config) {
    config.session.cache = GetParam();
    config.spa.origins = {kFrontEnd};
  }};
  Browser browser_ = service_.browser();
  Browser anonymous_ = service_.browser();
};

std::string cache_name(const testing::TestParamInfo<bool>& cache) {
  return cache.param ? "Cached" : "Uncached";
}
INSTANTIATE_TEST_SUITE_P(, SessionChecksTest, testing::Bool(), cache_name);

// Header fields but for what differs from one answer to the next, in order of their names.
std::vector<std::pair<std::string, std::string>> lasting_fields(const Answer& answer) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, value] : answer.headers) {
    if (name != "Date" && name != "X-Request-Id") fields.emplace_back(name, value);
  }
  std::sort(fields.begin(), fields.end());
  return fields;
}

TEST_P(SessionChecksTest, LoopAndWorkersGiveTheSameAnswers) {
  for (const auto& [loop, worker] : kSpellings) {
    for (Browser* visitor : {&browser_, &anonymous_}) {
      for (const char* origin : {"", kFrontEnd, "https://evil.example"}) {
        const HeaderList headers = *origin == '\0' ? HeaderList{} : HeaderList{{"Origin", origin}};
        // Twice: the first may make what the second finds.
        for (int round = 0; round < 2; ++round) {
          const Answer here = visitor->get(loop, headers);
          const Answer there = visitor->get(worker, headers);
          EXPECT_EQ(here.status, there.status) << loop;
          EXPECT_EQ(lasting_fields(here), lasting_fields(there)) << loop << " " << origin;
          EXPECT_FALSE(here.header("Date").empty());
          EXPECT_FALSE(here.header("X-Request-Id").empty());
          if (visitor == &browser_) {
            EXPECT_EQ(here.body, there.body);
          }
        }
      }
    }
  }
}

TEST_P(SessionChecksTest, MeIsTheAccountWithItsIdAsText) {
  const Answer me = browser_.get("/api/me/");
  EXPECT_EQ(me.status, 200);
  EXPECT_EQ(me.text("id"), std::to_string(user_id()));
  EXPECT_EQ(me.text("email"), kEmail);
  EXPECT_EQ(me.header("Cache-Control"), "no-store");
  const Answer refused = anonymous_.get("/api/me/");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.code(), "not_authenticated");
  EXPECT_FALSE(refused.header("WWW-Authenticate").empty());
}

TEST_P(SessionChecksTest, VerifyTellsAProxyWhoAsks) {
  const Answer verified = browser_.get("/auth/verify");
  EXPECT_EQ(verified.status, 200);
  EXPECT_EQ(verified.body, "");
  EXPECT_EQ(verified.header("X-Auth-User-Id"), std::to_string(user_id()));
  EXPECT_EQ(verified.header("X-Auth-Email"), kEmail);
  EXPECT_EQ(verified.header("X-Auth-Staff"), "false");
  EXPECT_EQ(verified.header("Cache-Control"), "no-store");
}

TEST_P(SessionChecksTest, ClientsCannotSetWhatVerifyTells) {
  const HeaderList forged = {{"X-Auth-User-Id", "1"},
                             {"X-Auth-Email", "root@example.com"},
                             {"X-Auth-Name", "Root"},
                             {"X-Auth-Staff", "true"}};
  const Answer refused = anonymous_.get("/auth/verify", forged);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.code(), "not_authenticated");
  for (const char* name : kOwnHeaders) {
    int fields = 0;
    for (const auto& [field, value] : refused.headers) {
      if (field != name) continue;
      ++fields;
      EXPECT_EQ(value, "") << name;
    }
    EXPECT_EQ(fields, 1) << name << " must be there, to overwrite the client's";
  }
  const Answer verified = browser_.get("/auth/verify", forged);
  EXPECT_EQ(verified.header("X-Auth-Email"), kEmail);
  EXPECT_EQ(verified.header("X-Auth-Staff"), "false");
}

TEST_P(SessionChecksTest, ANameCannotInjectAHeader) {
  rename("Zo\xc3\xab\n100%\x7f X-Auth-Staff: true");
  service_.clock.advance(std::chrono::seconds(31));  // past what is remembered
  const Answer verified = browser_.get("/auth/verify");
  EXPECT_EQ(verified.header("X-Auth-Name"), "Zo%C3%AB%0A100%25%7F X-Auth-Staff: true");
  EXPECT_EQ(verified.header("X-Auth-Staff"), "false");
}

TEST_P(SessionChecksTest, HeadHasTheFieldsOfGetAndNoBody) {
  for (const auto& [loop, worker] : kSpellings) {
    for (Browser* visitor : {&browser_, &anonymous_}) {
      const Answer get = visitor->get(loop);
      const Answer head = visitor->send("HEAD", loop, "", {});
      EXPECT_EQ(head.status, get.status);
      EXPECT_EQ(head.body, "");
      EXPECT_EQ(lasting_fields(head), lasting_fields(get)) << loop;
    }
  }
}

TEST_P(SessionChecksTest, TwoSessionCookiesAreNone) {
  const std::string own = browser_.cookies["sessionid"];
  for (const auto& [loop, worker] : kSpellings) {
    const HeaderList two = {{"Cookie", "sessionid=" + own + "; sessionid=" + own}};
    EXPECT_GE(anonymous_.get(loop, two).status, 401) << loop;
    EXPECT_GE(anonymous_.get(worker, two).status, 401) << worker;
    EXPECT_EQ(anonymous_.get(loop, {{"Cookie", "a=b; sessionid=" + own}}).status, 200);
  }
}

TEST_P(SessionChecksTest, OtherMethodsAreToldWhichOneWorks) {
  for (const auto& [loop, worker] : kSpellings) {
    const Answer refused = browser_.post(loop, "{}");
    EXPECT_EQ(refused.status, 405) << loop;
    EXPECT_THAT(refused.header("Allow"), HasSubstr("GET"));
  }
}

}  // namespace
}  // namespace latchkey::test
