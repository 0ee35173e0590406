// Why a change is made, which the audit log keeps.
#pragma once

#include "broker/commands/commands.h"

namespace latchkey::broker::commands {

// Sees to `options.reason` before anything else is asked for. A person at a terminal who gave none
// is asked; a script that gave none has the log say so. A dry run needs none.
Done settle_reason(ChangeOptions& options);

}  // namespace latchkey::broker::commands
