#include "tests/support/program.h"

#include <array>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string("a test cannot get ") + what);
  return result;
}

// A file that nobody else sees and that cannot be full, so nobody need read while a program writes.
int make_file() { return checked(memfd_create("latchkey-test", MFD_CLOEXEC), "a file"); }

std::string read_file(int file) {
  std::string text;
  std::array<char, 4096> part{};
  ssize_t length = 0;
  while ((length = pread(file, part.data(), part.size(), static_cast<off_t>(text.size()))) > 0) {
    text.append(part.data(), static_cast<std::size_t>(length));
  }
  return text;
}

int make_input(const std::string& text) {
  const int file = make_file();
  checked(static_cast<int>(pwrite(file, text.data(), text.size(), 0)), "an input");
  return file;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> all;
  for (const auto& [name, value] : command.environment) {
    all.push_back(std::string(name).append("=").append(value));
  }
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable(*each);
    const std::string name(variable.substr(0, variable.find('=')));
    if (!name.starts_with("LATCHKEY_") && !command.environment.contains(name)) {
      all.emplace_back(variable);
    }
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

pid_t spawn(const Command& command, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  std::vector<std::string> arguments = command.arguments;
  std::vector<std::string> environment = environment_of(command);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, arguments.at(0).c_str(), &actions, nullptr,
                                 pointers_to(arguments).data(), pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("cannot start " + arguments[0]);
  return pid;
}

int status_of(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Program::Program(const Command& command) : errors_(make_file()) {
  std::array<int, 2> ends{};
  checked(pipe2(ends.data(), O_CLOEXEC), "a pipe");
  output_ = fdopen(ends[0], "r");
  const int input = make_input(command.input);
  pid_ = spawn(command, input, ends[1], errors_);
  close(input);
  close(ends[1]);
}

Program::Program(const Command& command, int terminal)
    : pid_(spawn(command, terminal, terminal, terminal)) {}

Program::~Program() {
  if (pid_ > 0) end(SIGKILL);
  if (output_ != nullptr) (void)fclose(output_);
  if (errors_ >= 0) close(errors_);
}

std::string Program::read_line() {
  std::array<char, 512> line{};
  if (fgets(line.data(), line.size(), output_) == nullptr) return {};
  std::string text(line.data());
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

int Program::wait() { return status_of(std::exchange(pid_, 0)); }

int Program::end(int signal) {
  kill(pid_, signal);
  return wait();
}

std::string Program::errors() const { return read_file(errors_); }

Ran run(const Command& command) {
  const int input = make_input(command.input);
  const int out = make_file();
  const int err = make_file();
  Ran ran{.status = status_of(spawn(command, input, out, err))};
  ran.out = read_file(out);
  ran.err = read_file(err);
  for (const int file : {input, out, err}) close(file);
  return ran;
}

Terminal::Terminal(unsigned short columns) {
  const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  checked(openpty(&person_, &device_, nullptr, nullptr, &size), "a terminal");
  fcntl(person_, F_SETFD, FD_CLOEXEC);
  fcntl(device_, F_SETFD, FD_CLOEXEC);
}

Terminal::~Terminal() {
  close_device();
  close(person_);
}

void Terminal::close_device() {
  if (device_ >= 0) close(std::exchange(device_, -1));
}

void Terminal::type(const std::string& text) const {
  checked(static_cast<int>(write(person_, text.data(), text.size())), "to a terminal");
}

termios Terminal::settings() const {
  termios settings{};
  checked(tcgetattr(person_, &settings), "a terminal's settings");
  return settings;
}

std::string Terminal::read_until(const std::string& text) const {
  std::string seen;
  char c = 0;
  while (text.empty() || !seen.ends_with(text)) {
    if (read(person_, &c, 1) != 1) break;  // EIO: nobody holds the other side
    seen.push_back(c);
  }
  return seen;
}

}  // namespace latchkey::test
