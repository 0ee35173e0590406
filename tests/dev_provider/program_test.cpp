// The program itself: it says where it listens, and a signal ends it.
#include "tests/support/program.h"

#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <httplib.h>

namespace latchkey::test {
namespace {

constexpr const char* kProgram = LATCHKEY_DEV_PROVIDER_BINARY;

TEST(DevProgram, SaysWhereItListensAndEndsOnASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({.arguments = {kProgram, "--listen", "127.0.0.1:0"}});
    const std::string line = program.read_line();
    ASSERT_THAT(line, testing::MatchesRegex("listening on http://127.0.0.1:[0-9]+"));
    httplib::Client client(line.substr(line.find("http")));
    client.set_keep_alive(true);
    EXPECT_EQ(client.Get("/")->status, 200);
    EXPECT_EQ(program.end(signal), 0);
  }
}

TEST(DevProgram, RefusesAnAddressThatOthersCanReach) {
  const Ran ran = run({.arguments = {kProgram, "--listen", "0.0.0.0:0"}});
  EXPECT_THAT(ran.err, testing::HasSubstr("not a loopback address"));
  EXPECT_EQ(ran.status, 1);
}

TEST(DevProgram, RefusesAnAddressWithoutAPort) {
  for (const char* address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x"}) {
    const Ran ran = run({.arguments = {kProgram, "--listen", address}});
    EXPECT_THAT(ran.err, testing::HasSubstr("host:port")) << address;
    EXPECT_EQ(ran.status, 1);
  }
}

}  // namespace
}  // namespace latchkey::test
