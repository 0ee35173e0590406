#include "broker/http/message.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace latchkey::broker::http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 7> kMethods{{
    {"GET", Method::get},
    {"HEAD", Method::head},
    {"POST", Method::post},
    {"PUT", Method::put},
    {"PATCH", Method::patch},
    {"DELETE", Method::del},
    {"OPTIONS", Method::options},
}};

void begin_error(JsonWriter& json, std::string_view sentence, std::string_view code) {
  json.begin_object().field("detail", sentence).field("code", code);
}

Response finish_error(JsonWriter& json, const ErrorInfo& info, int retry_after,
                      std::string_view request_id) {
  json.field("request_id", request_id).end_object();
  Response response = json_response(info.status, json);
  if (retry_after > 0 || info.retry_later) {
    response.header("Retry-After",
                    std::to_string(retry_after > 0 ? retry_after : kUsualRetryAfter));
  }
  return response;
}

}  // namespace

Method parse_method(std::string_view name) {
  for (const auto& [text, method] : kMethods) {
    if (text == name) return method;
  }
  return Method::other;
}

std::string_view method_name(Method method) {
  for (const auto& [text, value] : kMethods) {
    if (value == method) return text;
  }
  return "OTHER";
}

bool is_safe(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (ascii_iequals(field, name)) return trim(value);
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_) {
    if (ascii_iequals(field, name)) values.push_back(trim(value));
  }
  return values;
}

Result<std::optional<std::string>> Request::single(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : query) {
    if (key != name) continue;
    if (found) return fail(ErrorCode::parameters_invalid, "parameter given twice: " + key);
    found = value;
  }
  return found;
}

Result<JsonDocument> Request::json_object() const {
  auto document = JsonDocument::parse(body);
  if (document && !document->root().is_object()) {
    return fail(ErrorCode::malformed_json, "the body is no object");
  }
  return document;
}

bool Request::accepts_json_only() const {
  const auto accept = headers.get("Accept");
  return accept && accept->find("application/json") != std::string_view::npos &&
         accept->find("text/html") == std::string_view::npos;
}

std::string Request::user_agent() const {
  return std::string(headers.get("User-Agent").value_or(""));
}

Response& Response::with_cookies(std::vector<sessions::SetCookie> values) {
  std::move(values.begin(), values.end(), std::back_inserter(cookies));
  return *this;
}

Response json_response(int status, const JsonWriter& json) {
  return {.status = status, .content_type = "application/json", .body = json.text()};
}

Response detail_response(int status, std::string_view sentence) {
  JsonWriter json;
  json.begin_object().field("detail", sentence).end_object();
  return json_response(status, json);
}

Response html_response(int status, std::string html) {
  return {.status = status, .content_type = "text/html; charset=utf-8", .body = std::move(html)};
}

Response redirect_response(int status, std::string location) {
  Response response{.status = status};
  response.header("Location", std::move(location));
  return response;
}

Response error_response(const Error& error, std::string_view request_id) {
  const ErrorInfo& info = describe(error.code);
  JsonWriter json;
  begin_error(json, info.sentence, info.code);
  return finish_error(json, info, error.retry_after, request_id);
}

Response error_response(const Error& error, const Request& request) {
  return error_response(error, request.request_id);
}

Response form_error_response(ErrorCode code, std::string_view sentence,
                             const std::vector<FieldFault>& faults, const Request& request) {
  const ErrorInfo& info = describe(code);
  JsonWriter json;
  begin_error(json, sentence, info.code);
  json.key("errors").begin_object();
  for (const FieldFault& fault : faults) {
    json.key(fault.field).begin_array().value(fault.sentence).end_array();
  }
  json.end_object();
  return finish_error(json, info, 0, request.request_id);
}

}  // namespace latchkey::broker::http
