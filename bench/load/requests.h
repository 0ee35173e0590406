// Independent requests over a number of connections, either as fast as they are answered or at a
// fixed rate. At a fixed rate a request is due when it is due, whether or not the service keeps up,
// and its time counts from then; a closed loop would wait with the service and hide what it saw
// (coordinated omission).
#pragma once

#include <functional>
#include <string>

#include "bench/load/event_loop.h"

namespace latchkey::bench {

struct RequestLoad {
  std::string target;  // "127.0.0.1:8080"
  int connections = 64;
  double seconds = 5;
  double rate = 0;  // requests a second; 0: as fast as they are answered
};

// `next` makes one request after the other. Prints the tally.
void run_requests(EventLoop& loop, const RequestLoad& load,
                  const std::function<const std::string&()>& next);

}  // namespace latchkey::bench
