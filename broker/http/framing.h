// Finds the one request at the start of a connection's bytes, before anything else looks at them: a
// pure function with no leniency (RFC 9112), so that no proxy in front can read another request
// than we do. Whatever has two readings is refused: lone CR or LF, folded lines, two lengths or two
// hosts (even equal ones), any Transfer-Encoding, a body on GET or HEAD, an absolute target.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"

namespace latchkey::broker::http {

// DESIGN section 10.
inline constexpr std::size_t kMaxHead = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxRequestLine = std::size_t{8} * 1024;
inline constexpr std::size_t kMaxFields = 64;
inline constexpr std::size_t kMaxBody = std::size_t{64} * 1024;

struct HeaderField {
  std::string_view name;   // as sent
  std::string_view value;  // as sent, without surrounding white space
};

// What frame() found. All views point into its input. One object is meant to be used again and
// again: it is large (the table of fields), and frame() touches only what a request has.
class RequestHead {
 public:
  std::string_view method;  // GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS
  std::string_view target;  // "/path?query", not decoded, or "*" with OPTIONS
  std::size_t size = 0;     // bytes of the head, its empty line included; the body follows
  std::size_t content_length = 0;
  bool http_1_0 = false;
  bool keep_alive = false;        // the client wants to use the connection again
  bool expects_continue = false;  // it waits for "100 Continue" before it sends the body

  [[nodiscard]] std::span<const HeaderField> fields() const { return {fields_.data(), count_}; }
  // The first field of that name (case-insensitive).
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;

 private:
  friend class FramingPass;
  std::array<HeaderField, kMaxFields> fields_;
  std::size_t count_ = 0;
};

struct Framing {
  enum class Verdict {
    incomplete,  // every byte so far could begin a good request
    complete,    // the head is whole and good; `size + content_length` bytes are the request
    refused,     // answer `fault`, close, and never look at the bytes that follow
  };
  Verdict verdict;
  ErrorCode fault = ErrorCode::malformed_request;  // of refused
};

// A line is judged as soon as it is whole. `head` means something only when complete. Feeding the
// same bytes in pieces ends the same way: a refused prefix belongs to a refused request.
Framing frame(std::string_view input, RequestHead& head);

}  // namespace latchkey::broker::http
