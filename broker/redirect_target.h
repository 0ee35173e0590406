// Where a browser may be sent after a sign-in: `next`, checked when it is stored in the flow and
// again when it is sent (SECURITY rule 10).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "broker/http/origin_policy.h"

namespace latchkey::broker {

class RedirectTargets {
 public:
  RedirectTargets(const http::OriginPolicy& origins, std::string default_next)
      : origins_(origins), default_next_(std::move(default_next)) {}

  // `next` if it is a single-slash path, or an absolute URL of an allowed origin, of at most 2,048
  // characters; the default otherwise.
  [[nodiscard]] std::string resolve(std::string_view next) const;
  [[nodiscard]] bool allowed(std::string_view next) const;
  [[nodiscard]] const std::string& default_next() const { return default_next_; }

 private:
  const http::OriginPolicy& origins_;
  std::string default_next_;
};

}  // namespace latchkey::broker
