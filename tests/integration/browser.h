// A browser, as far as a sign-in needs one: real sockets through libcurl, a cookie jar that honours
// deletion, no redirects followed unless asked.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  HeaderList headers;
  std::string body;

  // The first of that name (case-insensitive), or "".
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] std::string location() const { return header("Location"); }
  // The JSON member of that name as text, or "" when it is absent or no string.
  [[nodiscard]] std::string text(std::string_view member) const;
  [[nodiscard]] std::string code() const { return text("code"); }
  // The Set-Cookie header of that cookie, whole, or "".
  [[nodiscard]] std::string set_cookie(std::string_view name) const;
};

class Browser {
 public:
  // `home` is an origin; cookies are kept for it alone.
  explicit Browser(std::string home) : home_(std::move(home)) {}

  // `url` is absolute, or a path at home.
  Answer get(const std::string& url, const HeaderList& headers = {});
  // JSON, with the CSRF token of the jar as front ends send it.
  Answer post(const std::string& url, const std::string& json, HeaderList headers = {});
  // With the CSRF token too.
  Answer remove(const std::string& url);
  // Throws std::runtime_error when no answer comes.
  Answer send(const std::string& method, const std::string& url, const std::string& body,
              HeaderList headers);

  std::map<std::string, std::string> cookies;

 private:
  [[nodiscard]] std::string cookie_header() const;
  void keep_cookies(const Answer& answer);

  std::string home_;
};

}  // namespace latchkey::test
