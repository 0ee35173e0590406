// Complete sign-ins, as browsers walk them: begin at the service, approve at the dev provider
// (which asks nobody: prompt=none and login_hint), come back to the callback, and hold a session.
#pragma once

#include <string>
#include <vector>

#include "bench/load/event_loop.h"

namespace latchkey::bench {

struct SignInLoad {
  std::string target;               // the service
  std::string dev_provider;         // address, as `target`
  std::string provider;             // "github"
  std::vector<std::string> people;  // taken in turn; {"fresh"} is somebody new each time
  std::string fault;                // "slow", or empty
  int delay_ms = 0;                 // of `slow`
  int browsers = 64;                // at once, each with connections of its own
  double seconds = 5;
  double warm_up = 0;  // of these seconds; what ends within it is not counted
};

// A browser that was refused tries again within a second. Prints the tally. The status of a sign-in
// is that of the last answer, and a 303 that leads to an error page or sets no session is counted
// as 0.
void run_sign_ins(EventLoop& loop, const SignInLoad& load);

}  // namespace latchkey::bench
