#include "broker/http/wire.h"

#include <string_view>

#include "broker/http/http_date.h"

namespace latchkey::broker::http {
namespace {

// For people who read traces; clients go by the number (RFC 9112 section 4).
std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

// RFC 9110 section 8.6: these have no content, so no length either.
bool has_no_content(int status) { return status == 204 || status == 304; }

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void append_start(std::string& out, int status, TimePoint now, const WireOptions& options) {
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ");
  out.append(reason_of(status)).append("\r\n");
  if (!options.keep_alive) {
    append_field(out, "Connection", "close");
  } else if (options.http_1_0) {
    append_field(out, "Connection", "keep-alive");
  }
  append_field(out, "Date", http_date(now));
}

void append_rest(std::string& out, const Response& response, bool head_only) {
  for (const auto& [name, value] : response.headers) append_field(out, name, value);
  for (const auto& cookie : response.cookies) append_field(out, "Set-Cookie", cookie.header());
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  if (!has_no_content(response.status)) {
    append_field(out, "Content-Length", std::to_string(response.body.size()));
  }
  out.append("\r\n");
  if (!head_only) out.append(response.body);
}

void append_response(std::string& out, const Response& response, TimePoint now,
                     const WireOptions& options) {
  append_start(out, response.status, now, options);
  append_rest(out, response, options.head_only);
}

}  // namespace latchkey::broker::http
