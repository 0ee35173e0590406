// A request and an answer as the handlers see them: plain values that know nothing of sockets,
// threads or the HTTP library. Everything here has passed the checks of the dispatcher.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/url.h"
#include "sessions/cookies.h"
#include "sessions/session_service.h"

namespace latchkey::broker::http {

enum class Method { get, head, post, put, patch, del, options, other };

Method parse_method(std::string_view name);
std::string_view method_name(Method method);
// RFC 9110 section 9.2.1: GET, HEAD and OPTIONS change nothing.
bool is_safe(Method method);

class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  // The first field of that name (case-insensitive), without surrounding white space.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& fields() const {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
  Method method = Method::get;
  std::string path;  // decoded, without the query
  QueryParameters query;
  Headers headers;
  sessions::CookieJar cookies;
  std::string body;
  std::string client_ip;  // of the visitor, behind trusted proxies too
  std::string request_id;
  std::string provider;          // the {provider} of the route, else empty
  std::string id;                // the {id} of the route, else empty
  std::string item;              // the other parameter of the route, e.g. {identity_id}
  sessions::SessionPtr session;  // null: none, or the route does not ask

  // A parameter that must not be given twice: `parameters_invalid` when it is (HTTP parameter
  // pollution).
  [[nodiscard]] Result<std::optional<std::string>> single(std::string_view name) const;
  // The body as a JSON object.
  [[nodiscard]] Result<JsonDocument> json_object() const;
  [[nodiscard]] bool accepts_json_only() const;
  [[nodiscard]] std::string user_agent() const;
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<sessions::SetCookie> cookies;

  Response& header(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Response& cookie(sessions::SetCookie value) {
    cookies.push_back(std::move(value));
    return *this;
  }
  Response& with_cookies(std::vector<sessions::SetCookie> values);
};

Response json_response(int status, const JsonWriter& json);
// {"detail": sentence}
Response detail_response(int status, std::string_view sentence);
Response html_response(int status, std::string html);
// 302 to start something, 303 after something was done.
Response redirect_response(int status, std::string location);

// For answers that help by being asked again, when nothing says exactly when.
inline constexpr int kUsualRetryAfter = 5;  // seconds

// {"detail","code","request_id"} with the status of the code; Retry-After where it helps. The
// error's private detail stays out of it.
Response error_response(const Error& error, std::string_view request_id);
Response error_response(const Error& error, const Request& request);
// The same with form faults: "errors": {field: [sentence]}.
struct FieldFault {
  std::string_view field;
  std::string_view sentence;
};
Response form_error_response(ErrorCode code, std::string_view sentence,
                             const std::vector<FieldFault>& faults, const Request& request);

}  // namespace latchkey::broker::http
