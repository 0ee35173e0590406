#include "broker/http/library_bridge.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <httplib.h>

#include "base/encoding.h"
#include "base/url.h"
#include "broker/http/framing.h"
#include "broker/http/http_date.h"

namespace latchkey::broker::http {
namespace {

// What the library parses, whatever the client sent.
constexpr std::string_view kPlaceholder = "GET / HTTP/1.1\r\n\r\n";

// The library reads the placeholder from it and writes the answer to it.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view peer) : peer_(peer) {}

  [[nodiscard]] bool is_readable() const override { return !input_.empty(); }
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* target, std::size_t size) override {
    const std::size_t count = std::min(size, input_.size());
    std::memcpy(target, input_.data(), count);
    input_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* bytes, std::size_t size) override {
    output_.append(bytes, size);
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip = peer_;
    port = 0;
  }
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  [[nodiscard]] socket_t socket() const override { return INVALID_SOCKET; }

  std::string take_output() { return std::move(output_); }

 private:
  std::string_view input_ = kPlaceholder;
  std::string_view peer_;
  std::string output_;
};

// Fields that mean something to the library or to the connection, and nothing to a handler.
bool is_withheld(std::string_view name) {
  constexpr std::array<std::string_view, 9> kWithheld = {
      "Range",       "Accept-Encoding", "Connection", "Expect",     "Keep-Alive",
      "REMOTE_ADDR", "REMOTE_PORT",     "LOCAL_ADDR", "LOCAL_PORT",
  };
  return std::any_of(kWithheld.begin(), kWithheld.end(),
                     [name](std::string_view other) { return ascii_iequals(name, other); });
}

// Replaces all that the library made of the placeholder.
void fill(httplib::Request& request, const RequestHead& head, std::string_view body) {
  request.method = head.method;
  request.target = head.target;
  request.version = head.http_1_0 ? "HTTP/1.0" : "HTTP/1.1";
  request.path.clear();  // to_raw() decodes it
  request.body = body;
  request.headers.clear();
  for (const HeaderField& field : head.fields()) {
    if (is_withheld(field.name)) continue;
    request.headers.emplace(std::string(field.name), std::string(field.value));
  }
}

bool has_control_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// It separates nothing (RFC 3986 section 2.2), but a decoded path would say that it does: a proxy
// that guards a path prefix would see another path than we do.
bool has_encoded_slash(std::string_view path) {
  return path.find("%2f") != path.npos || path.find("%2F") != path.npos;
}

Result<RawRequest> to_raw(const httplib::Request& request) {
  // Nobody here decodes bodies, so a coded one is none that a handler could read.
  const auto coding = request.get_header_value("Content-Encoding");
  if (!coding.empty() && !ascii_iequals(coding, "identity")) {
    return fail(ErrorCode::unsupported_media_type);
  }
  const std::string_view target = request.target;
  const std::string_view encoded = target.substr(0, target.find('?'));
  auto path = percent_decode(encoded, false);
  if (!path || has_control_byte(*path) || has_encoded_slash(encoded)) {
    return fail(ErrorCode::malformed_request);
  }
  RawRequest raw{.method = request.method,
                 .path = *std::move(path),
                 .target = request.target,
                 .headers = {},
                 .body = request.body,
                 .peer = request.remote_addr};
  for (const auto& [name, value] : request.headers) raw.headers.add(name, value);
  return raw;
}

void write(Response&& from, httplib::Response& to) {
  to.status = from.status;
  for (auto& [name, value] : from.headers) to.headers.emplace(name, std::move(value));
  for (const auto& cookie : from.cookies) to.headers.emplace("Set-Cookie", cookie.header());
  if (!from.content_type.empty()) to.set_content(from.body, from.content_type);
}

// What the library adds by itself and should not.
void tidy(const httplib::Request& request, httplib::Response& response) {
  response.headers.erase("Keep-Alive");
  response.headers.erase("Accept-Ranges");
  // RFC 9110 section 8.6: no content, so no length either.
  if (response.status == 204 || response.status == 304) response.headers.erase("Content-Length");
  const bool stays = !response.has_header("Connection");
  if (stays && request.version == "HTTP/1.0") response.set_header("Connection", "keep-alive");
}

// The library makes its tables at its first request. Now there is one thread; later it would be a
// visitor who waits, and the thread sanitizer, which sees no locks in there, would call it a race.
void make_tables() {
  class Bare : public httplib::Server {
   public:
    void answer_nobody() {
      MemoryStream stream("");
      bool closed = false;
      process_request(stream, true, closed, nullptr);
    }
  };
  Bare().answer_nobody();
}

}  // namespace

class LibraryBridge::Library : public httplib::Server {
 public:
  Library(const Dispatcher& dispatcher, const Clock& clock) {
    // Before routing, because the library's own routes are regular expressions, which recurse once
    // a character; ours are in router.h.
    set_pre_routing_handler(
        [&dispatcher](const httplib::Request& request, httplib::Response& response) {
          write(ask(dispatcher, request), response);
          return HandlerResponse::Handled;
        });
    set_post_routing_handler(
        [&clock](const httplib::Request& request, httplib::Response& response) {
          response.set_header("Date", std::string(http_date(clock.now())));
          tidy(request, response);
        });
    set_exception_handler([&dispatcher](const httplib::Request& request,
                                        httplib::Response& response, const std::exception_ptr&) {
      write(dispatcher.refusal(ErrorCode::internal_error, request.remote_addr), response);
    });
  }

  std::string run(const Call& call) {
    MemoryStream stream(call.peer);
    bool closed = false;
    process_request(stream, !call.keep_alive, closed, [&call](httplib::Request& request) {
      RequestHead head;
      frame(call.bytes, head);
      fill(request, head, call.bytes.substr(head.size));
    });
    return stream.take_output();
  }

 private:
  static Response ask(const Dispatcher& dispatcher, const httplib::Request& request) {
    auto raw = to_raw(request);
    if (!raw) return dispatcher.refusal(raw.error().code, request.remote_addr);
    return dispatcher.handle(*std::move(raw));
  }
};

LibraryBridge::LibraryBridge(const Dispatcher& dispatcher, const Clock& clock)
    : library_(std::make_unique<Library>(dispatcher, clock)) {
  make_tables();
}

LibraryBridge::~LibraryBridge() = default;

std::string LibraryBridge::answer(const Call& call) const { return library_->run(call); }

}  // namespace latchkey::broker::http
