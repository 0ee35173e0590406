#include "tests/integration/commands/command_test.h"

#include <fstream>
#include <sstream>

#include "base/crypto.h"
#include "sql/sessions.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

std::filesystem::path make_folder() {
  std::string path = std::filesystem::temp_directory_path() / "latchkey-commands-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return path;
}

std::string config_text(const std::string& database_url) {
  return R"([server]
listen = "127.0.0.1:0"
public_url = "http://localhost:0"
metrics_listen = ""
secret_key = "a test's secret key of more than 32 bytes"

[database]
url = ")" +
         database_url + R"("

[mail]
smtp_url = "smtp://127.0.0.1:9"
from = "Latchkey <latchkey@example.com>"

[providers.github]
client_id = "test"
client_secret = "test"

[providers.google]
client_id = "test"
client_secret = "test"
)";
}

}  // namespace

CommandTest::CommandTest(TestDatabase::Schema schema) : database_(schema), folder_(make_folder()) {
  write_config(config_text(database_.url()));
}

CommandTest::~CommandTest() { std::filesystem::remove_all(folder_); }

void CommandTest::write_config(const std::string& text) const {
  std::ofstream(config_file()) << text;
}

Command CommandTest::command(Arguments arguments, std::string input) const {
  arguments.insert(arguments.begin(), LATCHKEY_BINARY);
  return {.arguments = std::move(arguments),
          .input = std::move(input),
          .environment = {{"LATCHKEY_CONFIG", config_file()}}};
}

Ran CommandTest::latchkey(Arguments arguments, std::string input) const {
  return run(command(std::move(arguments), std::move(input)));
}

JsonDocument CommandTest::change(Arguments arguments, std::string input) const {
  arguments.insert(arguments.end(), {"--reason", "ticket 4711", "--json"});
  const Ran ran = latchkey(std::move(arguments), std::move(input));
  if (ran.status != kDone) throw std::runtime_error("refused: " + ran.err);
  return parse(ran.out);
}

void CommandTest::expect_refusal(Arguments arguments, int status, const std::string& words,
                                 std::string input) const {
  const Ran ran = latchkey(std::move(arguments), std::move(input));
  EXPECT_EQ(ran.status, status) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, testing::StartsWith("error: "));
  EXPECT_THAT(ran.err, testing::HasSubstr(words));
  EXPECT_THAT(ran.err, testing::EndsWith("\n"));
}

sql::User CommandTest::add_user(const std::string& email, const std::string& name) {
  return must(sql::users::insert(*connection_, {.email = email,
                                                .email_verified_at = clock_.now(),
                                                .name = name,
                                                .created_at = clock_.now()}));
}

sql::IdentityRow CommandTest::link(const sql::User& user, const std::string& provider,
                                   const std::string& subject) {
  must(sql::identities::insert(
      *connection_,
      {.user_id = user.id, .provider = provider, .subject = subject, .linked_at = clock_.now()}));
  return *must(sql::identities::find(*connection_, provider, subject));
}

std::int64_t CommandTest::add_session(const sql::User& user, const std::string& user_agent) {
  const std::string hash = sha256(std::to_string(count("sessions")));
  must(sql::sessions::insert(*connection_, {.token_hash = hash,
                                            .user_id = user.id,
                                            .created_at = clock_.now(),
                                            .expires_at = clock_.now() + std::chrono::hours(1),
                                            .method = "password",
                                            .ip = "192.0.2.7",
                                            .user_agent = user_agent}));
  const auto found =
      must(sql::sessions::find(*connection_, {hash}, clock_.now(), std::chrono::hours(1)));
  return found.at(0).session.id;
}

sql::User CommandTest::find(sql::UserId id) {
  return must(sql::users::find_by_id(*connection_, id)).value();
}

sql::AuditEvent CommandTest::last_event() {
  return must(sql::audit_log::list(*connection_, {}, std::nullopt, 1)).at(0).event;
}

std::int64_t CommandTest::count(const std::string& table) {
  // A connection keeps the statement, not a copy of it.
  static std::map<std::string, std::pair<std::string, std::string>> statements;
  const auto& [name, text] =
      statements.try_emplace(table, "test.count_" + table, "SELECT count(*) FROM " + table)
          .first->second;
  return must(connection_->execute({.name = name.c_str(), .text = text.c_str()}))[0].int64(0);
}

JsonDocument parse(const std::string& json) {
  auto document = JsonDocument::parse(json);
  if (!document) throw std::runtime_error("no JSON: " + json);
  return std::move(*document);
}

std::vector<JsonDocument> parse_lines(const std::string& text) {
  std::vector<JsonDocument> documents;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) documents.push_back(parse(line));
  return documents;
}

}  // namespace latchkey::test
