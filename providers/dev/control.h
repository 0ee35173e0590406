// The control API under /_control/: what an end-to-end test scripts the dev provider with. JSON in
// and out; a bad order is 400 {"detail": "..."}.
#pragma once

#include <string>

#include "base/error.h"
#include "base/json.h"
#include "providers/dev/world.h"

namespace latchkey::providers::dev {

Answer control_reset(World& world);
Answer control_fault(World& world, const Request& request);
Answer control_approve(World& world, const Request& request);
Answer control_requests(const World& world);
Answer control_inbox(const World& world);
Answer control_clear_inbox(World& world);
Answer control_people(const World& world);
Answer control_put_person(World& world, const Request& request);

}  // namespace latchkey::providers::dev
