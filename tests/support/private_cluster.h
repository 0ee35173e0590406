// A PostgreSQL of a test's own, for tests that stop, kill or freeze the server. Starting one takes
// about a second, so a test that only needs a database uses TestDatabase.
#pragma once

#include <string>

#include <sys/types.h>

namespace latchkey::test {

class PrivateCluster {
 public:
  PrivateCluster();   // started. Throws std::runtime_error when it cannot be
  ~PrivateCluster();  // stopped, and its data removed
  PrivateCluster(const PrivateCluster&) = delete;
  PrivateCluster& operator=(const PrivateCluster&) = delete;

  // Stays the same across stop() and start().
  [[nodiscard]] const std::string& url() const { return url_; }

  void start();
  void stop();     // as an operator stops it: connections are told (57P01) and closed
  void crash();    // SIGKILL to every process: nobody is told anything
  void suspend();  // SIGSTOP to every process: connections stay open and silent
  void resume();

 private:
  [[nodiscard]] pid_t server_process() const;  // 0 when it does not run

  std::string directory_;
  std::string url_;
};

}  // namespace latchkey::test
