// What reaches a terminal: nothing that it would obey, and no more than it has room for.
#include "tests/integration/commands/command_test.h"
#include "tests/support/must.h"

namespace latchkey::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// The store replaces control characters in names, not marks of direction; a subject is kept byte by
// byte, so there C1's one-character CSI gets through.
constexpr const char* kEvil = "Ada \u202egpj.exe";
constexpr const char* kEvilSubject = "4711\u009b2J";

class AtATerminal : public CommandTest {
 protected:
  std::string shown_at(unsigned short columns, const Arguments& arguments) {
    Terminal terminal(columns);
    Program program(command(arguments), terminal.device());
    terminal.close_device();
    std::string shown = terminal.read_all();
    EXPECT_EQ(program.wait(), kDone) << shown;
    return shown;
  }
};

TEST_F(AtATerminal, ControlCharactersOfStrangersAreShownAsNumbers) {
  const sql::User user = add_user("ada@example.com", kEvil);
  link(user, "github", kEvilSubject);
  add_session(user, "curl\x1b]0;title\x07");
  for (const Arguments& arguments :
       {Arguments{"user", "list"}, Arguments{"user", "show", "1"},
        Arguments{"user", "list", "--json"}, Arguments{"user", "show", "1", "--json"},
        Arguments{"user", "sessions", "1"}, Arguments{"user", "sessions", "1", "--json"},
        Arguments{"user", "unlink", "1", "--provider", "github", "--subject", kEvilSubject,
                  "--force", "--dry-run"}}) {
    const Ran ran = latchkey(arguments);
    ASSERT_EQ(ran.status, kDone) << ran.err;
    EXPECT_THAT(ran.out, Not(HasSubstr("\u009b"))) << arguments[1];
    EXPECT_THAT(ran.out, Not(HasSubstr("\u202e"))) << arguments[1];
    EXPECT_THAT(ran.out, Not(HasSubstr("\x1b"))) << arguments[1];
  }
  EXPECT_THAT(latchkey({"user", "list"}).out, HasSubstr("Ada \\u202egpj.exe\n"));
  EXPECT_THAT(latchkey({"user", "show", "1"}).out, HasSubstr("4711\\x9b2J"));
}

TEST_F(AtATerminal, EscapedJsonIsTheSameDocument) {
  add_user("ada@example.com", kEvil);
  link(find(1), "github", kEvilSubject);
  const JsonDocument user = parse(latchkey({"user", "show", "1", "--json"}).out);
  EXPECT_EQ(user.root()["name"].string(), kEvil);
  EXPECT_EQ(user.root()["identities"].items().at(0)["subject"].string(), kEvilSubject);
}

TEST_F(AtATerminal, ErrorsShowWhatWasTypedAsNumbersToo) {
  expect_refusal({"user", "show", "\x1b[31m"}, kRefused, "\\x1b[31m");
  expect_refusal({"user", "show", "--\x1b[31m"}, kMisused, "\\x1b[31m");
  expect_refusal({"check", "--config", "\x1b[31m.toml"}, kMisused, "\\x1b[31m.toml");
}

TEST_F(AtATerminal, TheLastColumnIsCutToTheWidth) {
  add_user("ada@example.com", "Ada " + std::string(140, 'x'));
  const std::string shown = shown_at(90, {"user", "list"});
  EXPECT_THAT(shown, HasSubstr("x…\r\n"));
  EXPECT_THAT(shown, Not(HasSubstr(std::string(100, 'x'))));
  EXPECT_THAT(latchkey({"user", "list"}).out, HasSubstr(std::string(140, 'x')))
      << "a pipe gets everything";
}

TEST_F(AtATerminal, WideCharactersTakeTwoColumns) {
  add_user("ada@example.com", std::string("山田") + std::string(60, 'x'));
  add_user("bob@example.com", std::string("ab") + std::string(60, 'x'));
  const std::string shown = shown_at(90, {"user", "list"});
  const auto xs_after = [&](const std::string& name) {
    const std::size_t begin = shown.find(name) + name.size();
    return shown.find("…", begin) - begin;
  };
  EXPECT_EQ(xs_after("山田") + 2, xs_after("ab"));
}

TEST_F(AtATerminal, ANarrowTerminalGetsBlocksOfLines) {
  add_user("ada@example.com", "Ada");
  add_user("bob@example.com", "Bob");
  const std::string shown = shown_at(40, {"user", "list"});
  EXPECT_THAT(shown, testing::StartsWith("ID          2\r\nADDRESS     bob@example.com\r\n"));
  EXPECT_THAT(shown, HasSubstr("NAME        Bob\r\n\r\nID          1\r\n"));
}

}  // namespace
}  // namespace latchkey::test
