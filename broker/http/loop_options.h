// The limits of the connection loop (DESIGN section 10). Tests shorten them.
#pragma once

#include <chrono>
#include <cstddef>

namespace latchkey::broker::http {

struct LoopOptions {
  std::size_t max_connections = 10'000;
  // All times are totals: a byte now and then prolongs none of them.
  std::chrono::milliseconds idle_time{60'000};
  std::chrono::milliseconds head_time{5'000};
  std::chrono::milliseconds body_time{10'000};
  std::chrono::milliseconds write_time{30'000};
  std::chrono::milliseconds linger_time{2'000};
  std::chrono::milliseconds drain_time{10'000};
  // What all connections together may hold of unfinished requests and unread answers.
  std::size_t max_buffered = std::size_t{64} * 1024 * 1024;
};

}  // namespace latchkey::broker::http
