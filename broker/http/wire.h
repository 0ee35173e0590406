// Writes an answer as bytes for the wire, for the answers that the connection loop gives itself.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "broker/http/message.h"

namespace latchkey::broker::http {

struct WireOptions {
  bool keep_alive = true;
  bool head_only = false;  // to HEAD: Content-Length as it would be, no body
  bool http_1_0 = false;   // such a client must be told that the connection stays
};

// Appends status line, header fields and body (RFC 9112).
void append_response(std::string& out, const Response& response, TimePoint now,
                     const WireOptions& options);

// The same in parts, for answers of which the most is the same each time: the status line and what
// depends on the moment and the connection (Date, Connection); any fields; and the rest.
void append_start(std::string& out, int status, TimePoint now, const WireOptions& options);
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_rest(std::string& out, const Response& response, bool head_only);

}  // namespace latchkey::broker::http
