// One provider's way to the network: the shared HTTP client under the provider's own rules and
// behind its own breaker, with every answer read as JSON. What can go wrong becomes the ErrorCode
// that the sign-in ends with.
#pragma once

#include <string>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "config/config.h"
#include "providers/breaker.h"
#include "providers/http_client.h"

namespace latchkey::providers {

// By when all requests of one sign-in are over (DESIGN section 10: 10 s in total).
class Deadline {
 public:
  explicit Deadline(const Clock& clock) : clock_(clock), at_(clock.monotonic() + kTotalTimeout) {}

  // Zero or less when it has passed.
  [[nodiscard]] std::chrono::milliseconds left() const {
    return std::chrono::floor<std::chrono::milliseconds>(at_ - clock_.monotonic());
  }

 private:
  const Clock& clock_;
  MonotonicPoint at_;
};

struct JsonAnswer {
  HttpResponse response;  // `body` is empty: it was read into the document
  JsonDocument document;  // absent when the status is 4xx and the body was not JSON

  [[nodiscard]] bool ok() const { return response.status / 100 == 2; }
};

class Outbound {
 public:
  // `http` and `clock` outlive this.
  Outbound(const config::Provider& settings, HttpClient& http, const Clock& clock);

  // An answer with a status of 2xx or 4xx.
  //   provider_unavailable       breaker open, unreachable, timed out, 5xx, or not an allowed URL
  //   provider_invalid_response  too large, a redirect, not HTTP, or 2xx without well-formed JSON
  Result<JsonAnswer> send(HttpRequest request, const Deadline& deadline);

  // The JSON object at `url`. Besides the above, 4xx is provider_rejected.
  Result<JsonDocument> get_object(HttpRequest request, const Deadline& deadline);

  [[nodiscard]] ProviderHealth health() const { return breaker_.health(); }

 private:
  Result<JsonAnswer> read(HttpResponse response, Breaker::Permit& permit);

  HttpClient& http_;
  const bool allow_http_;
  const bool allow_private_addresses_;
  Breaker breaker_;
};

}  // namespace latchkey::providers
