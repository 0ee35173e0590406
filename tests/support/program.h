// A program as a process of its own, as a person or a script starts it. What it says on stdout and
// on stderr stays apart. It gets this process's environment without LATCHKEY_ variables, which
// would be configuration.
#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>
#include <termios.h>

namespace latchkey::test {

struct Command {
  std::vector<std::string> arguments;                   // the first is the program's path
  std::string input = {};                               // what stdin holds
  std::map<std::string, std::string> environment = {};  // besides, or instead
};

// One that keeps running. It is killed when this goes.
class Program {
 public:
  // Throws std::runtime_error when it cannot be started.
  explicit Program(const Command& command);
  // With that terminal for all three of its streams; `command.input` is not used.
  Program(const Command& command, int terminal);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Of stdout, without its end; empty when there is no more.
  std::string read_line();
  // The exit status, or -1 when a signal ended it.
  int wait();
  int end(int signal);
  // What it has written on stderr so far.
  [[nodiscard]] std::string errors() const;

 private:
  pid_t pid_ = 0;
  FILE* output_ = nullptr;
  int errors_ = -1;
};

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};
// Runs it to its end.
Ran run(const Command& command);

// A terminal that a person sits at.
class Terminal {
 public:
  explicit Terminal(unsigned short columns = 80);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // For Program.
  [[nodiscard]] int device() const { return device_; }
  void type(const std::string& text) const;
  [[nodiscard]] termios settings() const;
  // What the terminal has shown since the last time, up to and with `text`; all there is when
  // `text` never comes because every program has left. close_device() first.
  std::string read_until(const std::string& text) const;
  std::string read_all() const { return read_until(""); }
  // Nobody but programs that were started holds the terminal any more.
  void close_device();

 private:
  int person_ = -1;
  int device_ = -1;
};

}  // namespace latchkey::test
