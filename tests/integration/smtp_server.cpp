#include "tests/integration/smtp_server.h"

#include <array>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"

namespace latchkey::test {
namespace {

TakenMail parse(const std::string& line) {
  const auto document = JsonDocument::parse(line);
  if (!document) throw std::runtime_error("not a mail: " + line);
  const JsonView root = document->root();
  return {.from = std::string(root["from"].string().value_or("")),
          .to = std::string(root["to"].string().value_or("")),
          .data = std::string(root["data"].string().value_or("")),
          .tls = root["tls"].boolean().value_or(false),
          .peer_port = root["peer"].integer().value_or(0),
          .helo = std::string(root["helo"].string().value_or(""))};
}

}  // namespace

SmtpServer::SmtpServer(std::vector<std::string> options) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  options.insert(options.begin(), LATCHKEY_SMTP_SERVER);
  std::vector<char*> argv;
  argv.reserve(options.size() + 1);
  for (std::string& option : options) argv.push_back(option.data());
  argv.push_back(nullptr);
  const int failed = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  output_ = fdopen(ends[0], "r");
  std::istringstream first(failed == 0 ? read_line() : "");
  if (!(first >> port_)) throw std::runtime_error("the SMTP server does not start");
  first >> ca_file_;
}

std::string SmtpServer::read_line() {
  std::string line;
  for (int c = fgetc(output_); c != EOF && c != '\n'; c = fgetc(output_)) {
    line += static_cast<char>(c);
  }
  return line;
}

TakenMail SmtpServer::next() { return parse(read_line()); }

std::vector<TakenMail> SmtpServer::stop() {
  std::vector<TakenMail> rest;
  if (pid_ == 0) return rest;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
  for (std::string line = read_line(); !line.empty(); line = read_line()) {
    rest.push_back(parse(line));
  }
  (void)fclose(output_);
  return rest;
}

}  // namespace latchkey::test
