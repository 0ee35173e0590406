// The cookies Latchkey reads and writes (RFC 6265). The session cookie is the one a password login
// sets in the application's own world: name, domain, SameSite and Secure come from configuration,
// and the builders below are the only place that turns those into attributes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "config/config.h"

namespace latchkey::sessions {

struct IssuedSession;

// The pairs of one or more Cookie headers, in order.
class CookieJar {
 public:
  // Never fails: what is no pair, or has a name that no cookie can have, is skipped. Values are
  // kept as they are, quotes included.
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

// Finds one cookie without making a jar, for requests that need no other: found() is what
// CookieJar::get() would answer.
class CookieSearch {
 public:
  explicit CookieSearch(std::string_view name) : name_(name) {}

  // `header` outlives the search.
  void look_in(std::string_view header);
  [[nodiscard]] std::optional<std::string_view> found() const {
    return count_ == 1 ? std::optional(value_) : std::nullopt;
  }

 private:
  std::string_view name_;
  std::string_view value_;
  int count_ = 0;
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
  // Throws std::logic_error for bytes that would end the value or the header.
  [[nodiscard]] std::string header() const;
};

// The cookie of a session that was just issued: for a `remember` login it lives as long as the
// session can, otherwise until the browser closes.
SetCookie session_cookie(const config::Session& config, const IssuedSession& session,
                         TimePoint now);
SetCookie expired_session_cookie(const config::Session& config);
// Scripts read this one to send its value back in a header. It lives one year, as front ends
// written for Django expect.
SetCookie csrf_cookie(const config::Session& session, const config::Csrf& csrf, std::string token);

}  // namespace latchkey::sessions
