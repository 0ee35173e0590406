// The commands beside those about users: configuration, keys, schema, help; and what every command
// says when configuration or database are not as they should be.
#include <fstream>

#include "sql/migrations.h"
#include "tests/integration/commands/command_test.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;

class ServiceCommands : public CommandTest {
 protected:
  // What every kind of command does before anything else.
  const std::vector<Arguments> kinds_ = {{"user", "list"},
                                         {"user", "create", "--email", "eve@example.com"},
                                         {"user", "disable", "1", "--reason", "x"},
                                         {"audit", "--json"},
                                         {"migrate"}};
};

TEST_F(ServiceCommands, EveryCommandHasHelp) {
  std::vector<Arguments> commands = {{},        {"serve"}, {"migrate"},         {"check"},
                                     {"audit"}, {"key"},   {"key", "generate"}, {"user"}};
  for (const char* name :
       {"create", "list", "show", "set-password", "disable", "enable", "grant-staff",
        "revoke-staff", "sessions", "link", "move", "unlink", "merge", "undo"}) {
    commands.push_back({"user", name});
  }
  for (Arguments arguments : commands) {
    arguments.emplace_back("--help");
    const Ran ran = latchkey(arguments);
    EXPECT_EQ(ran.status, kDone);
    EXPECT_EQ(ran.err, "");
    EXPECT_THAT(ran.out, HasSubstr("--help")) << arguments[0];
  }
  EXPECT_THAT(latchkey({"--help"}).out, HasSubstr("Exit codes: 0 done"));
}

TEST_F(ServiceCommands, AWordThatNothingExpectsIsNamed) {
  expect_refusal({"nonsense"}, kMisused, "nonsense");
  expect_refusal({"user", "nonsense"}, kMisused, "nonsense");
  expect_refusal({"user", "show", "--nonsense"}, kMisused, "--nonsense");
  expect_refusal({}, kMisused, "subcommand");
  expect_refusal({"user", "show"}, kMisused, "--user");
}

TEST_F(ServiceCommands, GeneratesKeysThatTheConfigurationTakes) {
  const std::string key = latchkey({"key", "generate"}).out;
  EXPECT_NE(key, latchkey({"key", "generate"}).out);
  std::ofstream(folder_ / "secret_key") << key;
  write_config("[server]\nsecret_key_file = \"secret_key\"\n");
  const Ran ran = latchkey({"check"});
  EXPECT_EQ(ran.status, kDone) << ran.err;
  EXPECT_EQ(ran.out, "the configuration is good\n");
}

TEST_F(ServiceCommands, FaultsOfTheConfigurationAreAllReported) {
  write_config("[server]\nsecret_key = \"short\"\nlisten = 5\n[nonsense]\na = 1\n");
  for (const Arguments& arguments : kinds_) {
    expect_refusal(arguments, kMisused, "3 faults in the configuration");
  }
  EXPECT_EQ(latchkey({"serve"}).status, kMisused);
  const Ran ran = latchkey({"check"});
  EXPECT_EQ(ran.status, kMisused);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("latchkey.toml:2: server.secret_key: is shorter"));
  EXPECT_THAT(ran.err, HasSubstr("latchkey.toml:3: server.listen: is 5"));
  EXPECT_THAT(ran.err, HasSubstr("latchkey.toml:4: nonsense: is an unknown section"));
}

TEST_F(ServiceCommands, AFileThatIsNotTomlOrNotThereIsAFault) {
  write_config("x = [");
  expect_refusal({"user", "list"}, kMisused, "latchkey.toml:1: is not TOML");
  std::filesystem::remove(config_file());
  expect_refusal({"user", "list"}, kMisused, "cannot be read");
}

TEST_F(ServiceCommands, TheCommandLinesFileWinsOverTheEnvironments) {
  expect_refusal({"check", "--config", "/nonexistent.toml"}, kMisused, "/nonexistent.toml");
  Command check = command({"check", "--config", config_file()});
  check.environment["LATCHKEY_CONFIG"] = "/nonexistent.toml";
  EXPECT_EQ(run(check).status, kDone);
}

TEST_F(ServiceCommands, WarningsAreForWhoeverChecksOrServes) {
  write_config(
      "[server]\nsecret_key = \"a test's secret key of more than 32 bytes\"\n[database]\nurl = \"" +
      database_.url() + "\"\n");
  EXPECT_THAT(latchkey({"check"}).err, HasSubstr("warning: "));
  EXPECT_EQ(latchkey({"user", "create", "--email", "ada@example.com"}).err, "");
}

TEST_F(ServiceCommands, ADatabaseThatCannotBeReachedHasItsOwnExitCode) {
  for (const Arguments& arguments : kinds_) {
    Command away = command(arguments);
    away.environment["LATCHKEY_DATABASE_URL"] = "postgresql:///latchkey?host=/nonexistent";
    const Ran ran = run(away);
    EXPECT_EQ(ran.status, kDatabaseFailed);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, testing::StartsWith("error: The database cannot be reached; see that"));
  }
}

TEST_F(ServiceCommands, AnOlderSchemaIsOnlyMigratedWhenAsked) {
  constexpr sql::Statement kForget = {.name = "test.forget_last_migration",
                                      .text =
                                          "DELETE FROM schema_migrations WHERE number ="
                                          " (SELECT max(number) FROM schema_migrations)"};
  must(connection_->execute(kForget));
  expect_refusal({"user", "list"}, kDatabaseFailed, "run `latchkey migrate` first");
  expect_refusal({"user", "create", "--email", "eve@example.com"}, kDatabaseFailed,
                 "run `latchkey migrate` first");
  expect_refusal({"serve", "--no-migrate"}, kDatabaseFailed, "run `latchkey migrate` first");
  EXPECT_EQ(must(sql::pending_migrations(*connection_)), 1);
}

TEST_F(ServiceCommands, ANewerSchemaIsLeftAlone) {
  constexpr sql::Statement kFuture = {
      .name = "test.future_migration",
      .text =
          "INSERT INTO schema_migrations (number, name, sha256)"
          " SELECT 9999, '9999_future', sha256 FROM schema_migrations LIMIT 1"};
  must(connection_->execute(kFuture));
  for (const Arguments& arguments : kinds_) {
    expect_refusal(arguments, kDatabaseFailed, "use the newer version");
  }
}

TEST_F(ServiceCommands, OutputThatCannotBeWrittenIsNoSuccess) {
  add_user("ada@example.com");
  // A shell's redirection; /dev/full refuses every byte as a full disk does.
  const std::string line = std::string("exec '") + LATCHKEY_BINARY + "' user list > /dev/full";
  Command full = command({});
  full.arguments = {"/bin/sh", "-c", line};
  const Ran ran = run(full);
  EXPECT_EQ(ran.status, kRefused);
  EXPECT_THAT(ran.err, HasSubstr("cannot be written"));
}

class EmptyDatabase : public CommandTest {
 protected:
  EmptyDatabase() : CommandTest(TestDatabase::Schema::empty) {}
};

TEST_F(EmptyDatabase, MigrateNamesWhatItAppliesAndThenNothing) {
  const Ran first = latchkey({"migrate"});
  EXPECT_EQ(first.status, kDone);
  EXPECT_EQ(first.err, "");
  EXPECT_THAT(first.out, testing::StartsWith("applied 0001_users\n"));
  EXPECT_EQ(latchkey({"migrate"}).out, "the schema is current\n");
}

TEST_F(EmptyDatabase, TheFirstAdministratorCanBeMadeBeforeTheServiceStarts) {
  const Ran ran =
      latchkey({"user", "create", "--email", "ada@example.com", "--staff", "--password-stdin"},
               "analytical-engine\n");
  EXPECT_EQ(ran.status, kDone) << ran.err;
  EXPECT_TRUE(find(1).is_staff);
}

}  // namespace
}  // namespace latchkey::test
