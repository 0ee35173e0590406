#include "tests/support/private_cluster.h"

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

namespace fs = std::filesystem;

// Runs scripts/postgres and answers the last line it prints.
std::string postgres_script(const std::string& arguments) {
  const std::string command = LATCHKEY_SCRIPTS_POSTGRES " " + arguments;
  FILE* output = popen(command.c_str(), "r");
  if (output == nullptr) throw std::runtime_error("cannot run " + command);
  std::string last;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), output) != nullptr) {
    last = line.data();
  }
  if (pclose(output) != 0) throw std::runtime_error("failed: " + command);
  while (!last.empty() && last.back() == '\n') last.pop_back();
  return last;
}

// The server may run as another user, which must be able to enter: mkdtemp's directories are for
// their owner alone, and TMPDIR may be.
std::string temporary_directory() {
  std::string path = "/tmp/latchkey-cluster-XXXXXX";
  if (mkdtemp(path.data()) == nullptr || chmod(path.c_str(), 0755) != 0) {
    throw std::runtime_error("cannot make " + path);
  }
  return path;
}

struct ProcessStatus {
  char state = 0;  // 'T' when stopped
  pid_t parent = 0;
};

// The two fields behind the name, which is in parentheses (proc(5)).
std::optional<ProcessStatus> status_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > text.size()) return std::nullopt;
  ProcessStatus status{.state = text[name_end + 2]};
  std::from_chars(text.data() + name_end + 4, text.data() + text.size(), status.parent);
  return status;
}

void stop_process(pid_t process) {
  kill(process, SIGSTOP);
  for (;;) {
    const auto status = status_of(process);
    if (!status || status->state == 'T' || status->state == 'Z') return;
    std::this_thread::yield();
  }
}

void kill_process(pid_t process) {
  const auto descriptor = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  kill(process, SIGKILL);
  if (descriptor < 0) return;  // gone already
  pollfd ended = {.fd = descriptor, .events = POLLIN, .revents = 0};
  poll(&ended, 1, -1);
  close(descriptor);
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    pid_t process = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), process).ec != std::errc()) {
      continue;
    }
    const auto status = status_of(process);
    if (status && status->parent == parent) found.push_back(process);
  }
  return found;
}

}  // namespace

PrivateCluster::PrivateCluster() : directory_(temporary_directory()) {
  try {
    start();
  } catch (...) {
    fs::remove_all(directory_);
    throw;
  }
}

PrivateCluster::~PrivateCluster() {
  try {
    resume();
    stop();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
  }
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void PrivateCluster::start() { url_ = postgres_script("start --fast '" + directory_ + "'"); }
void PrivateCluster::stop() { postgres_script("stop '" + directory_ + "'"); }

void PrivateCluster::suspend() {
  const pid_t server = server_process();
  if (server == 0) throw std::runtime_error("the cluster does not run");
  stop_process(server);  // first: it makes no new processes then
  for (const pid_t process : children_of(server)) stop_process(process);
}

void PrivateCluster::resume() {
  const pid_t server = server_process();
  if (server == 0) return;
  for (const pid_t process : children_of(server)) kill(process, SIGCONT);
  kill(server, SIGCONT);
}

void PrivateCluster::crash() {
  suspend();
  const pid_t server = server_process();
  const auto children = children_of(server);  // they have another parent as soon as it is dead
  kill_process(server);
  for (const pid_t process : children) kill_process(process);
}

pid_t PrivateCluster::server_process() const {
  pid_t server = 0;
  std::ifstream(directory_ + "/data/postmaster.pid") >> server;
  return server;
}

}  // namespace latchkey::test
