// Secrets: where they may come from, and that no fault ever repeats one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/config/loading.h"

namespace latchkey::config {
namespace {

using testing::Folder;
using ::testing::HasSubstr;
using testing::kSecretKey;
using testing::lines;
using ::testing::Not;
using testing::only_fault;

TEST(Secrets, ComeFromFilesBesideTheConfiguration) {
  const Folder folder;
  folder.write("key", kSecretKey + "\n");
  folder.write("github", "github-secret\r\n");
  const std::string path = folder.write("latchkey.toml",
                                        "server.secret_key_file = \"key\"\n"
                                        "[providers.github]\n"
                                        "client_id = \"id\"\n"
                                        "client_secret_file = \"github\"\n");
  const Loaded loaded = load_file(path, {});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.server.secret_key.reveal(), kSecretKey);
  EXPECT_EQ(loaded.config.providers.at("github").client_secret.reveal(), "github-secret");
}

TEST(Secrets, LoseOneNewlineAndNoMore) {
  const Folder folder;
  const std::string key = kSecretKey + "  \n";
  const Loaded loaded =
      load_file("", {{"LATCHKEY_SERVER_SECRET_KEY_FILE", folder.write("key", key + "\n")}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.server.secret_key.reveal(), key);
}

TEST(Secrets, ListsAreOneALine) {
  const Folder folder;
  const std::string second(32, 'b');
  const std::string file = folder.write("old", kSecretKey + "\n\n" + second);
  const Loaded loaded = load_text("[server]\nsecret_key_fallbacks_file = \"old\"\n", "x.toml",
                                  folder.path(), {{"LATCHKEY_SERVER_SECRET_KEY", kSecretKey}});
  EXPECT_EQ(lines(loaded.faults), "");
  ASSERT_EQ(loaded.config.server.secret_key_fallbacks.size(), 2U);
  EXPECT_EQ(loaded.config.server.secret_key_fallbacks[0].reveal(), kSecretKey);
  EXPECT_EQ(loaded.config.server.secret_key_fallbacks[1].reveal(), second);
}

TEST(Secrets, GivenTwiceInOnePlaceAreAFault) {
  EXPECT_EQ(only_fault(load_text("[server]\nsecret_key = \"" + kSecretKey +
                                     "\"\nsecret_key_file = \"/etc/hostname\"\n",
                                 "latchkey.toml", "", {})),
            "latchkey.toml:3: server.secret_key_file: is given beside server.secret_key; "
            "keep one of the two");
  EXPECT_EQ(only_fault(load_file("", {{"LATCHKEY_SERVER_SECRET_KEY", kSecretKey},
                                      {"LATCHKEY_SERVER_SECRET_KEY_FILE", "/etc/hostname"}})),
            "environment LATCHKEY_SERVER_SECRET_KEY_FILE: server.secret_key_file: is given beside "
            "server.secret_key; keep one of the two");
}

TEST(Secrets, EnvironmentWinsOverTheFilesOwnFile) {
  const Loaded loaded = testing::load("[server]\nsecret_key_file = \"not-there\"\n");
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.server.secret_key.reveal(), kSecretKey);
}

TEST(Secrets, EmptyVariableLeavesTheFilesSecretInForce) {
  const Loaded loaded =
      load_text("[server]\nsecret_key = \"" + kSecretKey + "\"\n", "x.toml", "",
                {{"LATCHKEY_SERVER_SECRET_KEY", ""}, {"LATCHKEY_SERVER_SECRET_KEY_FILE", ""}});
  EXPECT_EQ(lines(loaded.faults), "");
  EXPECT_EQ(loaded.config.server.secret_key.reveal(), kSecretKey);
}

TEST(Secrets, FilesThatAreMissingEmptyOrNoFilesAreFaults) {
  const Folder folder;
  folder.write("empty", "\n");
  folder.write("short", "short\n");
  const auto fault = [&](const std::string& name) {
    return only_fault(load_text("[server]\nsecret_key_file = \"" + name + "\"\n", "latchkey.toml",
                                folder.path(), {}));
  };
  const std::string place = "latchkey.toml:2: server.secret_key_file: ";
  EXPECT_THAT(fault("missing"),
              HasSubstr(place + "names a file that cannot be read: No such file or directory"));
  EXPECT_THAT(fault("."), HasSubstr(place + "names a file that cannot be read: Is a directory"));
  EXPECT_THAT(fault("empty"), HasSubstr(place + "names an empty file"));
  EXPECT_THAT(fault("short"),
              HasSubstr(place + "names a file whose content is shorter than 32 bytes"));
}

TEST(Secrets, NeverAppearInFaultsOrWarnings) {
  const Folder folder;
  folder.write("file", "hunter2");
  const std::vector<std::string> texts = {
      "[server]\nsecret_key = \"hunter2\"",
      "[server]\nsecret_key_fallbacks = [\"hunter2\"]",
      "[server]\nsecret_key_fallbacks = \"hunter2\"",
      "[server]\nsecret_key_file = \"hunter2\"",
      "[server]\nsecret_key_file = \"file\"",
      "[server]\nsecret_kee = \"hunter2\"",
      "[server]\nsecret_key = hunter2",
      "[server]\nsecret_key = 'hunter2",
      "[server]\nsecret_key = \"hunter2",
      "[server]\nsecret_key hunter2",
      "secret_key = \"hunter2\"",
      "[database]\nurl = \"mysql://me:hunter2@host/db\"",
      "[mail]\nsmtp_url = \"smtp://me:hunter2@mail.example.com\"",
      "[mail]\nsmtp_url = \"smtp://mail.example.com\"\npassword = \"hunter2\"",
      "[providers.github]\nclient_secret = [\"hunter2\"]",
      "[providers.github]\nclient_secret = \"hunter2\\u0000\"",
      "[providers.github]\ntoken_url = \"http://me:hunter2@host/\"",
      "[admin]\nwebhook_url = \"https://me:hunter2@host/\"",
      "[admin]\nwebhook_secrets = \"hunter2\"",
  };
  for (const std::string& text : texts) {
    const Loaded loaded = load_text(text, "latchkey.toml", folder.path(), {});
    EXPECT_FALSE(loaded.faults.empty()) << text;
    EXPECT_THAT(lines(loaded.faults) + lines(loaded.warnings), Not(HasSubstr("hunter2"))) << text;
  }
}

TEST(Secrets, NumbersThatLostTheirQuotesAreNotRepeated) {
  for (const char* text :
       {"[server]\nsecret_key = 123456789012345678901234567890123456",
        "[server]\nsecret_key = 1e99999999123456789", "[server]\nsecret_key = 123456789"}) {
    const Loaded loaded = load_text(text, "latchkey.toml", "", {});
    EXPECT_FALSE(loaded.faults.empty()) << text;
    EXPECT_THAT(lines(loaded.faults), Not(HasSubstr("123456789"))) << text;
  }
}

TEST(Secrets, FromTheEnvironmentDoNotAppearEither) {
  const Loaded loaded = load_file("", {{"LATCHKEY_SERVER_SECRET_KEY", "hunter2"},
                                       {"LATCHKEY_DATABASE_URL", "hunter2"},
                                       {"LATCHKEY_SERVER_SECRET_KEE", "hunter2"},
                                       {"LATCHKEY_ADMIN_WEBHOOK_SECRET_FILE", "hunter2"}});
  EXPECT_EQ(loaded.faults.size(), 4U);
  EXPECT_THAT(lines(loaded.faults), Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace latchkey::config
