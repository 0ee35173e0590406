#include "bench/load/event_loop.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace latchkey::bench {
namespace {

std::atomic<bool> stop_asked{false};

timespec until(Instant then) {
  const auto left = std::max(std::chrono::nanoseconds(then - SteadyClock::now()),
                             std::chrono::nanoseconds::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  return {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
}

void control(int epoll, int operation, int fd, std::uint32_t events, EventLoop::Handler& handler) {
  epoll_event event{.events = events, .data = {.ptr = &handler}};
  if (epoll_ctl(epoll, operation, fd, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

}  // namespace

EventLoop::EventLoop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  // The kernel may otherwise wake us 50 microseconds late.
  prctl(PR_SET_TIMERSLACK, 1UL);
  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked = true; };
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

EventLoop::~EventLoop() { close(epoll_); }

void EventLoop::add(int fd, std::uint32_t events, Handler& handler) {
  control(epoll_, EPOLL_CTL_ADD, fd, events, handler);
}

void EventLoop::change(int fd, std::uint32_t events, Handler& handler) {
  control(epoll_, EPOLL_CTL_MOD, fd, events, handler);
}

void EventLoop::run(Instant end, Instant alarm, const Alarm& on_alarm) {
  std::array<epoll_event, 256> events{};
  while (!stop_asked && SteadyClock::now() < end) {
    const timespec wait = until(std::min(alarm, end));
    const int count = epoll_pwait2(epoll_, events.data(), events.size(), &wait, nullptr);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      static_cast<Handler*>(event.data.ptr)->ready(event.events);
    }
    if (const Instant now = SteadyClock::now(); now >= alarm) alarm = on_alarm(now);
  }
}

void EventLoop::run(Instant end) {
  run(end, end, [end](Instant) { return end; });
}

}  // namespace latchkey::bench
