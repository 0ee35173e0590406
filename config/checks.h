// Contradictions between keys, keys that are missing, and what is legal but probably not meant.
// Runs after every value has passed its own check; keys with a fault are left out.
#pragma once

#include "config/config.h"
#include "config/report.h"

namespace latchkey::config {

void check_contradictions(const Config& config, Report& report);

// check_providers.cpp; called by check_contradictions().
void check_providers(const Config& config, Report& report);

}  // namespace latchkey::config
