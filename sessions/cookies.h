// The cookies Latchkey reads and writes (RFC 6265). The session cookie is the one a password login
// sets in the application's own world: name, domain, SameSite and Secure come from configuration.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"

namespace latchkey::sessions {

// The pairs of one or more Cookie headers, in order.
class CookieJar {
 public:
  // Never fails: what is no pair is skipped.
  static CookieJar parse(const std::vector<std::string_view>& headers);

  // nullopt when there is none of that name, and also when there are two: a planted second cookie
  // must not win by its place (SECURITY rule 11).
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  // Names and values that begin with `prefix`.
  [[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> with_prefix(
      std::string_view prefix) const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

struct SetCookie {
  std::string name;
  std::string value;
  std::optional<std::chrono::seconds> max_age;  // absent: until the browser closes
  std::string domain = {};
  std::string path = "/";
  bool http_only = true;
  bool secure = false;
  config::SameSite same_site = config::SameSite::lax;

  // The value of a Set-Cookie header. A max_age of zero deletes: empty value, epoch Expires.
  [[nodiscard]] std::string header() const;
};

}  // namespace latchkey::sessions
