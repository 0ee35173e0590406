// Requests for trying the framing on: good ones, and the ways in which clients and smugglers bend
// them. The same every time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace latchkey::test {

// One request, put together at random from good and odd parts, some of its bytes changed. With body
// and no more. The same `seed` makes the same request.
std::string bent_request(std::uint32_t seed);

// The requests of seeds 0 up to `count`.
std::vector<std::string> bent_requests(std::uint32_t count);

}  // namespace latchkey::test
