// Passwords come from stdin or from a terminal without an echo, and obey the rules of the web.
#include "sessions/password_hasher.h"
#include "tests/integration/commands/command_test.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPassword = "analytical-engine";

class PasswordCommands : public CommandTest {
 protected:
  static Arguments set_password() {
    return {"user", "set-password", "ada@example.com", "--reason", "lost"};
  }
  bool is_password(const std::string& password) {
    sessions::PasswordHasher hasher({.threads = 1});
    return *hasher.verify(Secret(password), find(user_.id).password_hash.value_or(""));
  }

  sql::User user_ = add_user("ada@example.com");
};

TEST_F(PasswordCommands, TheFirstLineOfStdinIsThePassword) {
  const std::int64_t session = add_session(user_);
  ASSERT_GT(session, 0);
  const Ran ran = latchkey(set_password(), std::string(kPassword) + "\nsecond line\n");
  EXPECT_EQ(ran.status, kDone) << ran.err;
  EXPECT_TRUE(is_password(kPassword));
  EXPECT_EQ(count("sessions"), 0) << "whoever was signed in with the old one is out";
  EXPECT_THAT(ran.out + ran.err, Not(HasSubstr(kPassword)));
  EXPECT_EQ(last_event().action, "password.set");
  EXPECT_THAT(last_event().details, Not(HasSubstr("argon2")));
}

TEST_F(PasswordCommands, ALineWithoutAnEndOrWithThatOfWindowsIsOne) {
  ASSERT_EQ(latchkey(set_password(), kPassword).status, kDone);
  EXPECT_TRUE(is_password(kPassword));
  ASSERT_EQ(latchkey(set_password(), "another password\r\n").status, kDone);
  EXPECT_TRUE(is_password("another password"));
}

TEST_F(PasswordCommands, RulesAreThoseOfTheWeb) {
  expect_refusal(set_password(), kRefused, "fewer than 8 characters", "7 chars\n");
  expect_refusal(set_password(), kRefused, "fewer than 8 characters", "äöüßäöü\n");
  expect_refusal(set_password(), kRefused, "fewer than 8 characters", "\n");
  expect_refusal(set_password(), kRefused, "your e-mail address", "ADA@example.com\n");
  expect_refusal(set_password(), kRefused, "guessed first", "Password123\n");
  expect_refusal(set_password(), kRefused, "1024 bytes", std::string(1'000'000, 'x'));
  expect_refusal(set_password(), kRefused, "not UTF-8", "caf\xe9 caf\xe9 caf\xe9\n");
  expect_refusal(set_password(), kMisused, "no password on stdin", "");
  EXPECT_FALSE(find(user_.id).has_password());
  EXPECT_EQ(count("audit_events"), 0);
}

TEST_F(PasswordCommands, LengthCountsCharacters) {
  EXPECT_EQ(latchkey(set_password(), "äöüßäöüß\n").status, kDone);
  EXPECT_TRUE(is_password("äöüßäöüß"));
}

TEST_F(PasswordCommands, CreateJudgesByTheNewAddress) {
  const Arguments create = {"user", "create", "--email", "grace@example.com", "--password-stdin"};
  expect_refusal(create, kRefused, "your e-mail address", "grace@example.com\n");
  expect_refusal(create, kMisused, "no password on stdin", "");
  EXPECT_EQ(count("users"), 1);
}

TEST_F(PasswordCommands, NoPasswordIsEverAnArgument) {
  for (const char* option : {"--password", "--password=analytical-engine"}) {
    Arguments arguments = set_password();
    arguments.emplace_back(option);
    const Ran ran = latchkey(arguments, std::string(kPassword) + "\n");
    EXPECT_EQ(ran.status, kMisused) << option;
  }
}

class PasswordAtATerminal : public PasswordCommands {
 protected:
  // Types each line when it is asked for; answers all that the terminal has shown.
  std::string converse(Program& program, const std::vector<std::string>& lines) {
    std::string shown;
    for (const std::string& line : lines) {
      shown += terminal_.read_until(": ");
      terminal_.type(line);
    }
    terminal_.close_device();
    shown += terminal_.read_all();
    status_ = program.wait();
    return shown;
  }
  std::string converse(const std::vector<std::string>& lines) {
    Program program(command(set_password()), terminal_.device());
    return converse(program, lines);
  }

  Terminal terminal_;
  int status_ = -1;
};

TEST_F(PasswordAtATerminal, IsAskedForTwiceAndNeverEchoed) {
  const std::string shown = converse({"analytical-engine\n", "analytical-engine\n"});
  EXPECT_EQ(status_, kDone) << shown;
  EXPECT_THAT(shown, HasSubstr("New password: "));
  EXPECT_THAT(shown, Not(HasSubstr("analytical")));
  EXPECT_TRUE(is_password(kPassword));
}

TEST_F(PasswordAtATerminal, TwoDifferentOnesAreRefused) {
  const std::string shown = converse({"analytical-engine\n", "analytical-engines\n"});
  EXPECT_EQ(status_, kRefused);
  EXPECT_THAT(shown, HasSubstr("two different passwords"));
  EXPECT_FALSE(find(user_.id).has_password());
}

TEST_F(PasswordAtATerminal, CtrlCLeavesTheTerminalAsItWas) {
  const termios before = terminal_.settings();
  const std::string shown = converse({"analyt\x03"});
  EXPECT_EQ(status_, kRefused);
  EXPECT_THAT(shown, HasSubstr("nothing has changed"));
  const termios after = terminal_.settings();
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(after.c_cc[VEOL], before.c_cc[VEOL]);
  EXPECT_FALSE(find(user_.id).has_password());
}

TEST_F(PasswordAtATerminal, EndOfInputIsNoPassword) {
  converse({"\x04"});
  EXPECT_EQ(status_, kMisused);
  EXPECT_FALSE(find(user_.id).has_password());
}

}  // namespace
}  // namespace latchkey::test
