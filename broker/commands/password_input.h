// A new password, as a command gets it: from stdin, never from an argument, which everybody on the
// machine can see.
#pragma once

#include "base/secret.h"
#include "broker/commands/complaint.h"

namespace latchkey::broker::commands {

// The first line of stdin. At a terminal it is asked for, twice and without an echo.
Attempt<Secret> read_password();

}  // namespace latchkey::broker::commands
