// The scripted faults: what can go wrong, where it strikes, and the list of faults that wait for
// the next requests. A fault is ordered either for one sign-in (on the pick page or as a parameter
// of the authorization request) or for the next N requests of an endpoint (control API).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "providers/dev/stand_in.h"

namespace latchkey::providers::dev {

enum class Fault {
  denied,
  slow,
  server_error,
  http_200_error,
  invalid_json,
  huge_body,
  dropped_connection,
  bad_signature,
  unsigned_token,
  rotated_key,
  wrong_nonce,
  wrong_issuer,
  wrong_audience,
  wrong_subject,
  expired_token,
  missing_email,
};

struct FaultInfo {
  Fault fault;
  std::string_view name;   // "http_200_error"
  std::string_view title;  // for the pick page's list
};

const std::vector<FaultInfo>& all_faults();
const FaultInfo& describe(Fault fault);

// Where the fault can strike there, the usual place first; empty when it cannot.
std::vector<Endpoint> places_of(StandIn stand_in, Fault fault);

inline constexpr std::chrono::milliseconds kDefaultDelay{2'000};
inline constexpr std::chrono::milliseconds kMaxDelay{120'000};

struct FaultOrder {
  Fault fault;
  Endpoint endpoint;
  std::chrono::milliseconds delay = kDefaultDelay;  // of `slow`
};

// `text` is "server_error" or "server_error@userinfo"; an empty `delay_ms` is the default. Fails
// with validation_failed; the detail is a sentence for the tester.
Result<FaultOrder> parse_fault(StandIn stand_in, std::string_view text, std::string_view delay_ms);

// Faults ordered for the next requests. Thread-safe; costs nothing while none waits.
class FaultScript {
 public:
  void add(StandIn stand_in, const FaultOrder& order, int times);
  // The fault that strikes this request, if any.
  std::optional<FaultOrder> take(StandIn stand_in, Endpoint endpoint);
  void clear();

 private:
  struct Waiting {
    FaultOrder order;
    int times;
  };
  std::atomic<int> waiting_ = 0;
  std::mutex mutex_;
  std::array<std::array<std::deque<Waiting>, kEndpoints>, kStandIns.size()> queues_;
};

}  // namespace latchkey::providers::dev
