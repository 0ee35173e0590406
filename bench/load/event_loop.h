// One thread, one epoll: the load generator's whole runtime. It shares two cores with what it
// measures, so it does as little as it can, and its timer is finer than a millisecond, because a
// late request would be counted as a slow answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace latchkey::bench {

using SteadyClock = std::chrono::steady_clock;
using Instant = SteadyClock::time_point;

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Called with the epoll events of its socket.
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void ready(std::uint32_t events) = 0;
  };
  void add(int fd, std::uint32_t events, Handler& handler);
  void change(int fd, std::uint32_t events, Handler& handler);

  // Called at `alarm` and answers when it wants to be called next.
  using Alarm = std::function<Instant(Instant now)>;
  // Runs until `end`, or until SIGTERM or SIGINT.
  void run(Instant end, Instant alarm, const Alarm& on_alarm);
  void run(Instant end);

 private:
  int epoll_;
};

}  // namespace latchkey::bench
