// Writes an answer as bytes for the wire, for the answers that the connection loop gives itself.
#pragma once

#include <string>

#include "broker/http/message.h"

namespace latchkey::broker::http {

struct WireOptions {
  bool keep_alive = true;
  bool head_only = false;  // to HEAD: Content-Length as it would be, no body
  bool http_1_0 = false;   // such a client must be told that the connection stays
};

// Appends status line, header fields and body (RFC 9112).
void append_response(std::string& out, const Response& response, const WireOptions& options);

}  // namespace latchkey::broker::http
