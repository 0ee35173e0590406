// What came of the requests: how many with which status, and how long they took. Printed as one
// line of JSON, which bench/lib reads.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "bench/load/event_loop.h"

namespace latchkey::bench {

class Tally {
 public:
  void begin(Instant now) { began_ = now; }

  // `asked` is when the request was due: time it had to wait for a connection counts.
  void add(int status, Instant asked, Instant answered) {
    ++statuses_[status];
    times_.push_back(std::chrono::duration<float, std::milli>(answered - asked).count());
    last_ = answered;
  }
  void count(const std::string& what) { ++others_[what]; }

  void print(std::size_t unanswered) {
    const double seconds = std::chrono::duration<double>(last_ - began_).count();
    std::sort(times_.begin(), times_.end());
    fmt::print(R"({{"count":{},"seconds":{:.3f},"unanswered":{},)", times_.size(), seconds,
               unanswered);
    for (const auto& [name, share] : {std::pair{"p50", 0.5}, {"p99", 0.99}, {"p999", 0.999}}) {
      fmt::print(R"("{}_ms":{:.3f},)", name, percentile(share));
    }
    fmt::print(R"("max_ms":{:.3f},"statuses":{{)", percentile(1));
    const char* comma = "";
    for (const auto& [status, count] : statuses_) {
      fmt::print(R"({}"{}":{})", std::exchange(comma, ","), status, count);
    }
    comma = "";
    fmt::print(R"(}},"others":{{)");
    for (const auto& [what, count] : others_) {
      fmt::print(R"({}"{}":{})", std::exchange(comma, ","), what, count);
    }
    fmt::print("}}}}\n");
  }

 private:
  [[nodiscard]] float percentile(double share) const {
    if (times_.empty()) return 0;
    const auto index = static_cast<std::size_t>(share * static_cast<double>(times_.size()));
    return times_[std::min(index, times_.size() - 1)];
  }

  Instant began_;
  Instant last_;
  std::vector<float> times_;  // milliseconds
  std::map<int, std::size_t> statuses_;
  std::map<std::string, std::size_t> others_;
};

}  // namespace latchkey::bench
