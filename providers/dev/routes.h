// Every path of the dev provider in one table.
#pragma once

#include "providers/dev/world.h"

namespace latchkey::providers::dev {

Answer route(World& world, const Request& request);

}  // namespace latchkey::providers::dev
