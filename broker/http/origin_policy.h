// Which web origins are ours: `public_url`'s own and those of `spa.origins`. CORS, the CSRF origin
// check and redirect targets all ask here, so they cannot disagree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace latchkey::broker::http {

class OriginPolicy {
 public:
  // `origins` as in configuration; "https://*.preview.example.com" matches exactly one label.
  OriginPolicy(const std::string& public_url, const std::vector<std::string>& origins);

  // `origin` as a browser sends it or Url::origin() gives it. "null" is never allowed.
  [[nodiscard]] bool allows(std::string_view origin) const;
  // One of spa.origins, not our own: such a request needs CORS headers.
  [[nodiscard]] bool is_foreign_allowed(std::string_view origin) const;

 private:
  struct Wildcard {
    std::string before;  // "https://"
    std::string after;   // ".preview.example.com" with a port, if any
  };
  std::string own_;
  std::vector<std::string> exact_;
  std::vector<Wildcard> wildcards_;
};

}  // namespace latchkey::broker::http
