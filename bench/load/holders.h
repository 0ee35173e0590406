// Connections that are only held: silent ones, and slow ones that send one byte of a request each
// second. A connection that the service closes is opened again, so that their number stays.
#pragma once

#include <string>

#include "bench/load/event_loop.h"

namespace latchkey::bench {

struct HoldLoad {
  std::string target;
  int connections = 4000;
  double seconds = 10;
  bool drip = false;
};

// Prints "holding" once all of them were opened, and at the end how many had to be opened again.
void run_holders(EventLoop& loop, const HoldLoad& load);

}  // namespace latchkey::bench
