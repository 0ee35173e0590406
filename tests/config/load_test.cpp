#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/loading.h"

namespace latchkey::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines;
using testing::load;
using testing::only_fault;

TEST(Load, NothingButASecretKeyIsEnough) {
  const Loaded loaded = load("");
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.server.listen, "127.0.0.1:8080");
  EXPECT_EQ(loaded.config.server.secret_key.reveal(), testing::kSecretKey);
  EXPECT_FALSE(loaded.config.session.cookie_secure);
}

TEST(Load, FillsEveryKindOfMember) {
  const Loaded loaded = load(R"(
[server]
demo = true
trusted_proxies = ["10.0.0.0/8", "::1"]
[database]
url = "postgresql://me@host/db"
pool_size = 12
[session]
cookie_samesite = "strict"
idle_timeout = 3600
[spa]
origins = ["https://app.example.com"]
[providers.google]
client_id = "id"
client_secret = "secret"
trust_email = false
hosted_domain = "Example.com"
)");
  EXPECT_EQ(lines(loaded.faults), "");
  const Config& config = loaded.config;
  EXPECT_TRUE(config.server.demo);
  EXPECT_THAT(config.server.trusted_proxies, ElementsAre("10.0.0.0/8", "::1"));
  EXPECT_EQ(config.database.url.reveal(), "postgresql://me@host/db");
  EXPECT_EQ(config.database.pool_size, 12);
  EXPECT_EQ(config.session.cookie_samesite, SameSite::strict);
  EXPECT_EQ(config.session.idle_timeout, std::chrono::hours(1));
  const Provider& google = config.providers.at("google");
  EXPECT_EQ(google.type, ProviderType::google);
  EXPECT_EQ(google.trust_email, std::optional<bool>(false));
  EXPECT_EQ(google.hosted_domain, "example.com");
}

// What `latchkey check` is for: one run, every fault, each with its line and its fix.
TEST(Load, FiveFaultsAreReportedAtOnceInTheOrderOfTheFile) {
  const Loaded loaded = load(R"([server]
listen = "localhost"
public_url = "https://login.example.com/base"

[session]
cookie_samesite = "sometimes"
idle_timeout = "24 hours"

[database]
pool_sise = 4
)");
  EXPECT_EQ(
      lines(loaded.faults),
      "latchkey.toml:2: server.listen: is \"localhost\"; use host:port, such as "
      "\"127.0.0.1:8080\", or \"unix:/run/latchkey/latchkey.sock\"\n"
      "latchkey.toml:3: server.public_url: is \"https://login.example.com/base\"; use only "
      "scheme, host and port, such as \"https://login.example.com\"\n"
      "latchkey.toml:6: session.cookie_samesite: is \"sometimes\"; use \"Lax\", \"Strict\" "
      "or \"None\"\n"
      "latchkey.toml:7: session.idle_timeout: is \"24 hours\"; use a number with a unit, such "
      "as \"30s\", \"10m\", \"24h\" or \"14d\", more than 0 and at most 10000d\n"
      "latchkey.toml:10: database.pool_sise: is an unknown key; did you mean "
      "\"pool_size\"?\n");
}

TEST(Load, SyntaxErrorIsOneFaultWithItsLine) {
  EXPECT_THAT(only_fault(load_text("[server]\nlisten = \"a\"\ndemo = maybe\n", "latchkey.toml", "",
                                   {{"LATCHKEY_NONSENSE", "x"}})),
              HasSubstr("latchkey.toml:3: is not TOML at column 8: "));
  EXPECT_THAT(only_fault(load("[server]\nlisten = \"a:1\"\nlisten = \"b:1\"\n")),
              HasSubstr("latchkey.toml:3: is not TOML at column"));
  EXPECT_THAT(only_fault(load("a = \"\xff\"")), HasSubstr("latchkey.toml:1: is not TOML"));
}

TEST(Load, UnknownSectionsAndMisplacedKeysSayWhereTheyBelong) {
  EXPECT_EQ(only_fault(load("[sessions]\ncookie_name = \"a\"\n")),
            "latchkey.toml:1: sessions: is an unknown section; did you mean [session]?");
  EXPECT_EQ(only_fault(load("public_url = \"http://localhost\"\n")),
            "latchkey.toml:1: public_url: stands outside of any section; put it under [server]");
  EXPECT_EQ(only_fault(load("[server]\nsignup = true\n")),
            "latchkey.toml:2: server.signup: is an unknown key; it belongs under [accounts]");
  EXPECT_EQ(only_fault(load("\n[providers]\nclient_id = \"x\"\n")),
            "latchkey.toml:3: providers.client_id: stands outside of a provider; put it under "
            "[providers.<id>], such as [providers.github]");
  EXPECT_EQ(only_fault(load("server = 1\n")),
            "latchkey.toml:1: server: is a number; write it as a section: [server]");
  EXPECT_THAT(only_fault(load("[quantum]\nx = 1\n")),
              HasSubstr("is an unknown section; see docs/"));
}

TEST(Load, WrongTypesSayWhatTheyAreAndWhatTheyShouldBe) {
  const auto fault = [](const std::string& line) { return only_fault(load(line)); };
  EXPECT_EQ(fault("server.listen = 8080"),
            "latchkey.toml:1: server.listen: is 8080; use a string in quotes");
  EXPECT_THAT(fault("server.demo = \"yes\""), HasSubstr("is \"yes\"; use true or false"));
  EXPECT_THAT(fault("server.demo = 1"), HasSubstr("is 1; use true or false"));
  EXPECT_THAT(fault("database.pool_size = \"8\""), HasSubstr("is \"8\"; use a whole number"));
  EXPECT_THAT(fault("database.pool_size = 8.5"), HasSubstr("is a fraction; use a whole number"));
  EXPECT_THAT(fault("spa.origins = \"x\""), HasSubstr("is \"x\"; use a list of strings"));
  EXPECT_THAT(fault("spa.origins = [1]"), HasSubstr("is a list with an element that is no string"));
  EXPECT_THAT(fault("spa.origins = [\"\"]"), HasSubstr("has an empty element"));
  EXPECT_THAT(fault("session.store = true"), HasSubstr("is true; use \"latchkey\" or \"django\""));
  EXPECT_THAT(fault("session.idle_timeout = 2026-11-21"),
              HasSubstr("is a date or time; use a num"));
  EXPECT_THAT(fault("[session.cookie_name]\nx = 1"), HasSubstr("is a table; use a string"));
  EXPECT_THAT(fault("database.url = 1"), HasSubstr("is a number; use a string in quotes"));
  EXPECT_THAT(fault("server.secret_key_fallbacks_file = 1"),
              HasSubstr("is a number; use a path in quotes"));
}

TEST(Load, NumbersAndDurationsHaveBounds) {
  EXPECT_THAT(only_fault(load("database.pool_size = 0")), HasSubstr("is 0; use a whole number"));
  EXPECT_THAT(only_fault(load("database.pool_size = 101")), HasSubstr("from 1 to 100"));
  EXPECT_THAT(only_fault(load("limits.account_failures = -1")), HasSubstr("is -1; use"));
  EXPECT_THAT(only_fault(load("limits.login_per_minute = 4294967297")), HasSubstr("is 4294967297"));
  EXPECT_THAT(only_fault(load("limits.mail_interval = \"0s\"")), HasSubstr("is \"0s\""));
  EXPECT_THAT(only_fault(load("limits.mail_interval = -5")), HasSubstr("is -5"));
  EXPECT_THAT(only_fault(load("limits.mail_interval = 9223372036854775807")), HasSubstr("10000d"));
}

TEST(Load, ControlBytesAreRefusedAndNotPrinted) {
  const std::string fault = only_fault(load(R"(csrf.header_name = "X\u001b[2J")"));
  EXPECT_THAT(fault, HasSubstr(R"(is "X\x1b[2J", which holds control characters)"));
  EXPECT_THAT(only_fault(load("\"a\\nb\" = 1")), HasSubstr(R"(a\x0ab: stands outside)"));
}

TEST(Load, MistypedKeyIsNotReportedAsMissingToo) {
  EXPECT_EQ(only_fault(load_text("[server]\nsecret_kee = \"x\"\n", "latchkey.toml", "", {})),
            "latchkey.toml:2: server.secret_kee: is an unknown key; did you mean \"secret_key\"?");
}

TEST(Load, MissingSecretKeyNamesItsSection) {
  EXPECT_THAT(only_fault(load_text("\n[server]\n", "latchkey.toml", "", {})),
              HasSubstr("latchkey.toml:2: server.secret_key: is missing; make one with "
                        "`latchkey key generate`"));
  EXPECT_THAT(only_fault(load_text("", "latchkey.toml", "", {})),
              HasSubstr("latchkey.toml: server.secret_key: is missing"));
  EXPECT_THAT(only_fault(load_file("", {})),
              HasSubstr("environment: server.secret_key: is missing"));
}

TEST(Load, FileThatCannotBeReadIsOneFault) {
  const testing::Folder folder;
  EXPECT_EQ(only_fault(load_file(folder.path() + "/none.toml", {})),
            folder.path() +
                "/none.toml: cannot be read: No such file or directory; name a readable file with "
                "--config or LATCHKEY_CONFIG");
  EXPECT_THAT(only_fault(load_file(folder.path(), {})),
              HasSubstr("cannot be read: Is a directory"));
}

TEST(Load, PathsAreRelativeToTheFile) {
  const testing::Folder folder;
  folder.write("ca.pem", "certificates");
  const std::string path = folder.write("latchkey.toml",
                                        "server.listen = \"unix:run/latchkey.sock\"\n"
                                        "outbound.ca_file = \"ca.pem\"\n");
  const Loaded loaded = load_file(path, {{"LATCHKEY_SERVER_SECRET_KEY", testing::kSecretKey}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.outbound.ca_file, folder.path() + "/ca.pem");
  EXPECT_EQ(loaded.config.server.listen, "unix:" + folder.path() + "/run/latchkey.sock");
}

TEST(Load, PathsOfTheEnvironmentAreNot) {
  const testing::Folder folder;
  const std::string file = folder.write("ca.pem", "certificates");
  const Loaded loaded = load_text("", "latchkey.toml", "/nowhere",
                                  {{"LATCHKEY_SERVER_SECRET_KEY", testing::kSecretKey},
                                   {"LATCHKEY_SERVER_LISTEN", "unix:latchkey.sock"},
                                   {"LATCHKEY_OUTBOUND_CA_FILE", file}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.outbound.ca_file, file);
  EXPECT_EQ(loaded.config.server.listen, "unix:latchkey.sock");
}

TEST(Load, PlaceKeyWhatAndFixAreOneLine) {
  const Fault fault{.place = "latchkey.toml:12",
                    .key = "session.cookie_samesite",
                    .what = "is \"sometimes\"",
                    .fix = "use \"Lax\", \"Strict\" or \"None\""};
  EXPECT_EQ(fault.text(),
            "latchkey.toml:12: session.cookie_samesite: is \"sometimes\"; use \"Lax\", \"Strict\" "
            "or \"None\"");
}

}  // namespace
}  // namespace latchkey::config
