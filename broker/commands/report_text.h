// What a change did, or would do, on stdout: for people, or with --json for machines.
#pragma once

#include "broker/admin/change_desk.h"
#include "broker/commands/commands.h"

namespace latchkey::broker::commands {

// Passes a refusal on.
Done tell(const tl::expected<admin::Report, admin::Refusal>& outcome, const ChangeOptions& options);

}  // namespace latchkey::broker::commands
