#include "bench/load/requests.h"

#include <deque>
#include <memory>
#include <vector>

#include "bench/load/connection.h"
#include "bench/load/tally.h"

namespace latchkey::bench {
namespace {

class Requests {
 public:
  Requests(EventLoop& loop, const RequestLoad& load,
           const std::function<const std::string&()>& next)
      : load_(load), next_(next), loop_(loop) {
    const sockaddr_in peer = parse_address(load.target);
    for (int i = 0; i < load.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(loop, peer));
      idle_.push_back(connections_.back().get());
    }
  }

  void run() {
    const Instant began = SteadyClock::now();
    end_ = began + seconds(load_.seconds);
    tally_.begin(began);
    if (load_.rate > 0) {
      loop_.run(end_, began, [this, began](Instant now) { return fall_due(began, now); });
    } else {
      while (!idle_.empty()) ask(began);
      loop_.run(end_);
    }
    tally_.print(due_.size() + static_cast<std::size_t>(load_.connections) - idle_.size());
  }

 private:
  static SteadyClock::duration seconds(double count) {
    return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(count));
  }

  // Those whose time has come; answers when the next one's does.
  Instant fall_due(Instant began, Instant now) {
    while (true) {
      const Instant due = began + seconds(static_cast<double>(scheduled_) / load_.rate);
      if (due > now) return due;
      ++scheduled_;
      idle_.empty() ? due_.push_back(due) : ask(due);
    }
  }

  void ask(Instant due) {
    Connection* connection = idle_.front();
    idle_.pop_front();
    connection->send(next_(), [this, connection, due](const Reply& reply) {
      const Instant now = SteadyClock::now();
      tally_.add(reply.status, due, now);
      idle_.push_back(connection);
      if (load_.rate == 0) return ask(now);
      if (due_.empty()) return;
      const Instant waiting = due_.front();
      due_.pop_front();
      ask(waiting);
    });
  }

  const RequestLoad& load_;
  const std::function<const std::string&()>& next_;
  EventLoop& loop_;
  Tally tally_;
  Instant end_;
  std::size_t scheduled_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::deque<Connection*> idle_;
  std::deque<Instant> due_;  // no connection was free when they fell due
};

}  // namespace

void run_requests(EventLoop& loop, const RequestLoad& load,
                  const std::function<const std::string&()>& next) {
  Requests(loop, load, next).run();
}

}  // namespace latchkey::bench
