// Which web origins are ours: `public_url`'s own and those of `spa.origins`. CORS, the CSRF origin
// check and redirect targets all ask here, so they cannot disagree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::broker::http {

class OriginPolicy {
 public:
  // As configuration normalises them (config/origins.h): lower case, without default ports;
  // "https://*.preview.example.com" matches exactly one label.
  OriginPolicy(std::string public_url, std::vector<std::string> origins)
      : own_(std::move(public_url)), foreign_(std::move(origins)) {}

  // `origin` as a browser sends it or Url::origin() gives it. "null" is never allowed.
  [[nodiscard]] bool allows(std::string_view origin) const {
    return origin == own_ || is_foreign_allowed(origin);
  }
  // One of spa.origins, not our own: such a request needs CORS headers.
  [[nodiscard]] bool is_foreign_allowed(std::string_view origin) const;

 private:
  std::string own_;
  std::vector<std::string> foreign_;
};

}  // namespace latchkey::broker::http
