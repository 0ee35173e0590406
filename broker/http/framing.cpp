#include "broker/http/framing.h"

#include <algorithm>
#include <cstdint>

#include "base/encoding.h"

namespace latchkey::broker::http {
namespace {

// Which grammar a byte belongs to; one look-up per byte of a request.
enum ByteClass : std::uint8_t {
  kToken = 1,   // tchar, RFC 9110 section 5.6.2
  kTarget = 2,  // visible ASCII but for '#': a fragment is never sent
  kValue = 4,   // field-vchar, obs-text, SP and HTAB, RFC 9110 section 5.5
  kHost = 8,    // of uri-host [ ":" port ], RFC 9110 section 7.2
};

constexpr bool is_alphanumeric(int byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z');
}

constexpr std::array<std::uint8_t, 256> kClasses = [] {
  constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
  constexpr std::string_view kHostMarks = "!$%&'()*+,-.:;=[]_~";
  std::array<std::uint8_t, 256> classes{};
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    int mask = 0;
    if (is_alphanumeric(byte)) mask |= kToken | kHost;
    if (kTokenMarks.find(c) != std::string_view::npos) mask |= kToken;
    if (kHostMarks.find(c) != std::string_view::npos) mask |= kHost;
    if (byte > 0x20 && byte < 0x7f && c != '#') mask |= kTarget;
    if ((byte >= 0x20 && byte != 0x7f) || c == '\t') mask |= kValue;
    classes[static_cast<std::size_t>(byte)] = static_cast<std::uint8_t>(mask);
  }
  return classes;
}();

bool all_of_class(std::string_view text, ByteClass wanted) {
  return std::all_of(text.begin(), text.end(), [wanted](char c) {
    return (kClasses[static_cast<unsigned char>(c)] & wanted) != 0;
  });
}

bool is_token(std::string_view text) { return !text.empty() && all_of_class(text, kToken); }

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Calls `each` with every element of a comma-separated list (RFC 9110 section 5.6.1).
template <class Each>
void for_each_element(std::string_view list, Each each) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    each(trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

}  // namespace

// One run over the input. Each step answers whether to go on; if not, `fault_` says why.
class FramingPass {
 public:
  FramingPass(std::string_view input, RequestHead& head) : input_(input), head_(head) {
    head_.count_ = 0;
    head_.content_length = 0;
    head_.expects_continue = false;
  }

  Framing run() {
    std::string_view line;
    for (bool first = true;; first = false) {
      const auto end = input_.find('\n', position_);
      const bool whole = end != std::string_view::npos;
      const std::size_t reach = whole ? end + 1 : input_.size();
      if (!within_limits(reach, first)) return refused();
      if (!whole) return {.verdict = Framing::Verdict::incomplete};
      if (!take_line(end, line)) return refused();
      if (first) {
        if (!request_line(line)) return refused();
      } else if (line.empty()) {
        head_.size = position_;
        return conclude() ? Framing{.verdict = Framing::Verdict::complete} : refused();
      } else if (!field_line(line)) {
        return refused();
      }
    }
  }

 private:
  bool fail(ErrorCode fault = ErrorCode::malformed_request) {
    fault_ = fault;
    return false;
  }
  [[nodiscard]] Framing refused() const {
    return {.verdict = Framing::Verdict::refused, .fault = fault_};
  }

  bool within_limits(std::size_t reach, bool in_request_line) {
    if (in_request_line && reach > kMaxRequestLine) return fail(ErrorCode::uri_too_long);
    return reach <= kMaxHead || fail(ErrorCode::headers_too_large);
  }

  // The line that ends at `end`, without its CRLF. A lone LF is no line end here (RFC 9112 section
  // 2.2 lets servers accept it; that is what smugglers count on), and a lone CR is in no grammar.
  bool take_line(std::size_t end, std::string_view& line) {
    line = input_.substr(position_, end - position_);
    position_ = end + 1;
    if (!line.ends_with('\r')) return fail();
    line.remove_suffix(1);
    return true;
  }

  // RFC 9112 section 3, with single spaces.
  bool request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    if (first == std::string_view::npos) return fail();
    const std::size_t second = line.find(' ', first + 1);
    if (second == std::string_view::npos) return fail();
    head_.method = line.substr(0, first);
    head_.target = line.substr(first + 1, second - first - 1);
    const std::string_view version = line.substr(second + 1);
    if (!is_token(head_.method)) return fail();
    head_.http_1_0 = version == "HTTP/1.0";
    if (!head_.http_1_0 && version != "HTTP/1.1") return fail();
    if (!is_known_method(head_.method)) return fail(ErrorCode::not_implemented);
    return target();
  }

  bool target() {
    if (head_.target == "*") return head_.method == "OPTIONS" || fail();
    return (head_.target.starts_with('/') && all_of_class(head_.target, kTarget)) || fail();
  }

  // RFC 9112 section 5: no space before the colon, no folding (such a line begins with a space,
  // which is no token).
  bool field_line(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return fail();
    const HeaderField field{.name = line.substr(0, colon), .value = trim(line.substr(colon + 1))};
    if (!is_token(field.name) || !all_of_class(field.value, kValue)) return fail();
    if (head_.count_ == kMaxFields) return fail(ErrorCode::headers_too_large);
    head_.fields_[head_.count_++] = field;
    return interpret(field);
  }

  // The fields that say where the request ends and what becomes of the connection.
  bool interpret(const HeaderField& field) {
    switch (field.name.size()) {
      case 4:
        return !ascii_iequals(field.name, "Host") || host(field.value);
      case 6:
        return !ascii_iequals(field.name, "Expect") || expect(field.value);
      case 10:
        if (ascii_iequals(field.name, "Connection")) connection(field.value);
        return true;
      case 14:
        return !ascii_iequals(field.name, "Content-Length") || content_length(field.value);
      case 17:
        // Clients of this service know their lengths, and a coding that a proxy reads differently
        // is the classic way to smuggle.
        return !ascii_iequals(field.name, "Transfer-Encoding") || fail();
      default:
        return true;
    }
  }

  bool host(std::string_view value) {
    if (has_host_ || !all_of_class(value, kHost)) return fail();
    has_host_ = true;
    return true;
  }

  bool expect(std::string_view value) {
    if (has_expect_ || !ascii_iequals(value, "100-continue")) return fail();
    has_expect_ = true;
    return true;
  }

  void connection(std::string_view value) {
    for_each_element(value, [this](std::string_view option) {
      wants_close_ |= ascii_iequals(option, "close");
      wants_keep_alive_ |= ascii_iequals(option, "keep-alive");
    });
  }

  bool content_length(std::string_view value) {
    if (has_length_ || value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) {
      return fail();
    }
    has_length_ = true;
    for (const char digit : value) {
      head_.content_length = head_.content_length * 10 + static_cast<std::size_t>(digit - '0');
      if (head_.content_length > kMaxBody) return fail(ErrorCode::body_too_large);
    }
    return true;
  }

  // What only the whole head tells.
  bool conclude() {
    if (!has_host_ && !head_.http_1_0) return fail();
    const bool takes_no_body = head_.method == "GET" || head_.method == "HEAD";
    if (takes_no_body && head_.content_length > 0) return fail();
    head_.keep_alive = !wants_close_ && (!head_.http_1_0 || wants_keep_alive_);
    // A 1.0 client knows no interim answers (RFC 9110 section 10.1.1).
    head_.expects_continue = has_expect_ && !head_.http_1_0 && head_.content_length > 0;
    return true;
  }

  std::string_view input_;
  RequestHead& head_;
  std::size_t position_ = 0;
  ErrorCode fault_ = ErrorCode::malformed_request;
  bool has_host_ = false;
  bool has_expect_ = false;
  bool has_length_ = false;
  bool wants_close_ = false;
  bool wants_keep_alive_ = false;
};

std::optional<std::string_view> RequestHead::field(std::string_view name) const {
  for (const HeaderField& candidate : fields()) {
    if (candidate.name.size() == name.size() && ascii_iequals(candidate.name, name)) {
      return candidate.value;
    }
  }
  return std::nullopt;
}

Framing frame(std::string_view input, RequestHead& head) { return FramingPass(input, head).run(); }

}  // namespace latchkey::broker::http
