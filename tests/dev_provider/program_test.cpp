// The program itself: it says where it listens, and a signal ends it.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <httplib.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    arguments.insert(arguments.begin(), LATCHKEY_DEV_PROVIDER_BINARY);
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
    if (failed != 0) throw std::runtime_error("cannot start " + arguments[0]);
  }
  ~Program() {
    if (pid_ > 0) end(SIGKILL);
    (void)fclose(output_);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string read_line() {
    std::array<char, 512> line{};
    if (fgets(line.data(), line.size(), output_) == nullptr) return {};
    std::string text(line.data());
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }
  // The exit status, or -1 when a signal ended it.
  int wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  int end(int signal) {
    kill(pid_, signal);
    return wait();
  }

 private:
  pid_t pid_ = 0;
  FILE* output_ = nullptr;
};

TEST(DevProgram, SaysWhereItListensAndEndsOnASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program({"--listen", "127.0.0.1:0"});
    const std::string line = program.read_line();
    ASSERT_THAT(line, testing::MatchesRegex("listening on http://127.0.0.1:[0-9]+"));
    httplib::Client client(line.substr(line.find("http")));
    client.set_keep_alive(true);
    EXPECT_EQ(client.Get("/")->status, 200);
    EXPECT_EQ(program.end(signal), 0);
  }
}

TEST(DevProgram, RefusesAnAddressThatOthersCanReach) {
  Program program({"--listen", "0.0.0.0:0"});
  EXPECT_THAT(program.read_line(), testing::HasSubstr("not a loopback address"));
  EXPECT_EQ(program.wait(), 1);
}

TEST(DevProgram, RefusesAnAddressWithoutAPort) {
  for (const char* address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x"}) {
    Program program({"--listen", address});
    EXPECT_THAT(program.read_line(), testing::HasSubstr("host:port")) << address;
    EXPECT_EQ(program.wait(), 1);
  }
}

}  // namespace
}  // namespace latchkey::test
