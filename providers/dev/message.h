// A request and its answer as the dev provider's endpoints see them. Only http_server.cpp knows the
// HTTP library behind them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/url.h"

namespace latchkey::providers::dev {

struct Request {
  std::string method = {};      // GET or POST
  std::string path = {};        // decoded
  std::string query_text = {};  // as sent, without "?"
  QueryParameters query = {};   // empty when badly encoded
  QueryParameters form = {};    // of an application/x-www-form-urlencoded body
  std::string body = {};
  std::string accept = {};
  std::string authorization = {};
  std::string user_agent = {};

  // The form's parameters followed by the query's: the token and Graph endpoints take both.
  [[nodiscard]] QueryParameters parameters() const;
};

struct Answer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  // Send only the first half of the answer and close.
  bool drop_connection = false;
};

// The first parameter of that name; empty when there is none.
std::string_view first(const QueryParameters& parameters, std::string_view name);
// The name of a parameter that stands there twice, which RFC 6749 section 3.1 forbids.
std::optional<std::string> repeated(const QueryParameters& parameters);

Answer json(int status, std::string body);
Answer html(int status, std::string body);
Answer method_not_allowed(std::string_view allow);

}  // namespace latchkey::providers::dev
