#include "providers/dev/message.h"

#include <algorithm>

namespace latchkey::providers::dev {

QueryParameters Request::parameters() const {
  QueryParameters all = form;
  all.insert(all.end(), query.begin(), query.end());
  return all;
}

std::string_view first(const QueryParameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

std::optional<std::string> repeated(const QueryParameters& parameters) {
  for (auto it = parameters.begin(); it != parameters.end(); ++it) {
    const auto same = [&](const auto& other) { return other.first == it->first; };
    if (std::any_of(parameters.begin(), it, same)) return it->first;
  }
  return std::nullopt;
}

Answer json(int status, std::string body) {
  return {.status = status,
          .content_type = "application/json; charset=utf-8",
          .body = std::move(body),
          .headers = {{"Cache-Control", "no-store"}}};
}

Answer html(int status, std::string body) {
  return {.status = status,
          .content_type = "text/html; charset=utf-8",
          .body = std::move(body),
          // No form-action: browsers apply it to the redirect behind a form, too, and that redirect
          // goes to the application under test.
          .headers = {{"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
                       "base-uri 'none'; frame-ancestors 'none'"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "no-store"}}};
}

Answer method_not_allowed(std::string_view allow) {
  return {
      .status = 405, .body = "method not allowed\n", .headers = {{"Allow", std::string(allow)}}};
}

}  // namespace latchkey::providers::dev
