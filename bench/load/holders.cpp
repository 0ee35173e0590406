#include "bench/load/holders.h"

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/load/connection.h"

namespace latchkey::bench {
namespace {

constexpr std::string_view kRequest =
    "GET /api/account/ HTTP/1.1\r\nHost: localhost\r\nX-Filler: 0123456789012345678901234567890123";

class Holder final : public EventLoop::Handler {
 public:
  Holder(EventLoop& loop, const sockaddr_in& peer, std::size_t& reopened)
      : loop_(loop), peer_(peer), reopened_(reopened) {
    open();
  }
  ~Holder() override { close(fd_); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  void drip() {
    ::send(fd_, kRequest.data() + sent_ % kRequest.size(), 1, MSG_NOSIGNAL);
    ++sent_;
  }

  void ready(std::uint32_t) override {
    std::array<char, 1024> refusal;
    if (recv(fd_, refusal.data(), refusal.size(), 0) > 0) return;
    close(fd_);
    ++reopened_;
    open();
  }

 private:
  void open() {
    sent_ = 0;
    fd_ = open_socket(peer_);
    loop_.add(fd_, EPOLLIN, *this);
  }

  EventLoop& loop_;
  const sockaddr_in& peer_;
  std::size_t& reopened_;
  int fd_ = -1;
  std::size_t sent_ = 0;
};

}  // namespace

void run_holders(EventLoop& loop, const HoldLoad& load) {
  const sockaddr_in peer = parse_address(load.target);
  std::size_t reopened = 0;
  std::vector<std::unique_ptr<Holder>> holders;
  for (int i = 0; i < load.connections; ++i) {
    holders.push_back(std::make_unique<Holder>(loop, peer, reopened));
    // The service accepts them in turns; more at once than its backlog would be dropped.
    if (i % 500 == 499) loop.run(SteadyClock::now() + std::chrono::milliseconds(50));
  }
  fmt::print("holding\n");
  std::fflush(stdout);

  // Spread over the second, so that they do not come in one burst.
  constexpr int kTicks = 100;
  int tick = 0;
  const Instant began = SteadyClock::now();
  const Instant end = began + std::chrono::duration_cast<SteadyClock::duration>(
                                  std::chrono::duration<double>(load.seconds));
  if (!load.drip) {
    loop.run(end);
  } else {
    loop.run(end, began, [&](Instant now) {
      for (std::size_t i = static_cast<std::size_t>(tick); i < holders.size(); i += kTicks) {
        holders[i]->drip();
      }
      tick = (tick + 1) % kTicks;
      return now + std::chrono::milliseconds(1000) / kTicks;
    });
  }
  fmt::print(R"({{"held":{},"reopened":{}}})"
             "\n",
             holders.size(), reopened);
}

}  // namespace latchkey::bench
