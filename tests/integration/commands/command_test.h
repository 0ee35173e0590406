// The program itself at a command line, with a configuration file on a database of its own.
#pragma once

#include <filesystem>

#include <gmock/gmock.h>

#include "base/clock.h"
#include "base/json.h"
#include "sql/audit_log.h"
#include "sql/identities.h"
#include "sql/users.h"
#include "tests/support/program.h"
#include "tests/support/test_database.h"

namespace latchkey::test {

// Exit codes (docs/operations.md).
constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kMisused = 2;
constexpr int kDatabaseFailed = 3;

class CommandTest : public testing::Test {
 protected:
  explicit CommandTest(TestDatabase::Schema schema = TestDatabase::Schema::migrated);
  ~CommandTest() override;

  using Arguments = std::vector<std::string>;
  // With --config, unless the arguments begin otherwise: `latchkey({"user", "list"})`.
  [[nodiscard]] Command command(Arguments arguments, std::string input = {}) const;
  [[nodiscard]] Ran latchkey(Arguments arguments, std::string input = {}) const;
  // A change that must be done, for this reason; answers what --json says of it.
  JsonDocument change(Arguments arguments, std::string input = {}) const;
  // Fails the test unless it is refused with that exit code, in one sentence that holds `words`,
  // and nothing on stdout.
  void expect_refusal(Arguments arguments, int status, const std::string& words,
                      std::string input = {}) const;

  void write_config(const std::string& text) const;
  [[nodiscard]] std::string config_file() const { return folder_ / "latchkey.toml"; }

  sql::User add_user(const std::string& email, const std::string& name = {});
  sql::IdentityRow link(const sql::User& user, const std::string& provider,
                        const std::string& subject);
  // A live session; answers its id.
  std::int64_t add_session(const sql::User& user, const std::string& user_agent = {});
  sql::User find(sql::UserId id);
  // The newest entry of the audit log.
  sql::AuditEvent last_event();
  std::int64_t count(const std::string& table);

  TestDatabase database_;
  std::filesystem::path folder_;
  std::unique_ptr<sql::Connection> connection_ = database_.connect();
  SystemClock clock_;
};

JsonDocument parse(const std::string& json);
// One JSON object a line.
std::vector<JsonDocument> parse_lines(const std::string& text);

}  // namespace latchkey::test
