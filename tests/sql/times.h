// Points in time for rows, exact to the microsecond.
#pragma once

#include <chrono>

#include "base/clock.h"

namespace latchkey::sql {

inline constexpr TimePoint kNow{std::chrono::microseconds(1'795'248'000'123'456)};

}  // namespace latchkey::sql
