#include "broker/http/server.h"

#include <charconv>
#include <future>
#include <stdexcept>

#include <httplib.h>
#include <sys/stat.h>

#include "base/encoding.h"

namespace latchkey::broker::http {
namespace {

// DESIGN section 10.
constexpr std::size_t kMaxBody = 64 * 1024;
constexpr std::size_t kMaxHeaders = 64;
// The library matches paths with std::regex, which recurses once a character: a long path must not
// come that far.
constexpr std::size_t kMaxPath = 1024;
constexpr std::size_t kThreads = 128;
constexpr int kKeepAliveSeconds = 5;
constexpr int kReadTimeoutSeconds = 5;
// "Any path", for the library's own routing; ours is broker/http/router.h.
constexpr const char* kEverything = ".*";

struct HostPort {
  std::string host;
  int port = 0;
};

HostPort parse_host_port(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  HostPort parsed;
  if (colon == std::string::npos) throw std::runtime_error("server.listen is no host:port");
  parsed.host = listen.substr(0, colon);
  if (parsed.host.starts_with('[') && parsed.host.ends_with(']')) {
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  }
  const char* end = listen.data() + listen.size();
  if (std::from_chars(listen.data() + colon + 1, end, parsed.port).ptr != end) {
    throw std::runtime_error("server.listen has no port: " + listen);
  }
  return parsed;
}

RawRequest to_raw(const httplib::Request& request) {
  RawRequest raw{.method = request.method,
                 .path = request.path,
                 .target = request.target,
                 .headers = {},
                 .body = request.body,
                 .peer = request.remote_addr};
  for (const auto& [name, value] : request.headers) {
    // The library adds these itself; a client's own would stand beside them.
    if (name.starts_with("REMOTE_") || name.starts_with("LOCAL_")) continue;
    raw.headers.add(name, value);
  }
  return raw;
}

void write(Response&& from, httplib::Response& to) {
  to.status = from.status;
  for (auto& [name, value] : from.headers) to.headers.emplace(name, std::move(value));
  for (const auto& cookie : from.cookies) to.headers.emplace("Set-Cookie", cookie.header());
  if (!from.content_type.empty()) to.set_content(from.body, from.content_type);
}

bool has_control_byte(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_decimal(const std::string& text) {
  return !text.empty() && text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_body(const httplib::Request& request) {
  const std::string length = request.get_header_value("Content-Length");
  return !length.empty() && length != "0";
}

// What must be refused before the library reads a body or matches a route; 0: nothing.
std::optional<ErrorCode> fault_of(const httplib::Request& request) {
  if (request.path.size() > kMaxPath) return ErrorCode::uri_too_long;
  if (request.headers.size() > kMaxHeaders) return ErrorCode::malformed_request;
  // The library ignores its body limit for chunked bodies and counts compressed ones compressed.
  if (request.has_header("Transfer-Encoding")) return ErrorCode::malformed_request;
  if (request.has_header("Content-Encoding")) return ErrorCode::unsupported_media_type;
  const std::size_t lengths = request.get_header_value_count("Content-Length");
  if (lengths > 1) return ErrorCode::malformed_request;
  if (lengths == 1 && !is_decimal(request.get_header_value("Content-Length"))) {
    return ErrorCode::malformed_request;
  }
  // The library does not read such a body: it would be taken for the next request.
  if (has_body(request) && (request.method == "GET" || request.method == "HEAD")) {
    return ErrorCode::malformed_request;
  }
  if (request.get_header_value_count("Host") > 1) return ErrorCode::malformed_request;
  // It percent-decodes header values, so control bytes can be smuggled in.
  for (const auto& [name, value] : request.headers) {
    if (has_control_byte(value)) return ErrorCode::malformed_request;
  }
  if (has_control_byte(request.path)) return ErrorCode::malformed_request;
  return std::nullopt;
}

ErrorCode code_of_status(int status) {
  switch (status) {
    case 404:
      return ErrorCode::not_found;
    case 413:
      return ErrorCode::body_too_large;
    case 414:
      return ErrorCode::uri_too_long;
    case 415:
      return ErrorCode::unsupported_media_type;
    case 500:
      return ErrorCode::internal_error;
    default:
      return ErrorCode::malformed_request;
  }
}

}  // namespace

struct Server::Impl {
  httplib::Server server;
  std::string socket_path;
};

Server::Server() : impl_(std::make_unique<Impl>()) {}

Server::~Server() {
  if (!impl_->socket_path.empty()) ::unlink(impl_->socket_path.c_str());
}

int Server::bind(const std::string& listen) {
  httplib::Server& server = impl_->server;
  constexpr std::string_view kUnix = "unix:";
  if (listen.starts_with(kUnix)) {
    impl_->socket_path = listen.substr(kUnix.size());
    ::unlink(impl_->socket_path.c_str());  // of an instance that was killed
    server.set_address_family(AF_UNIX);
    // The library wants a port for every socket; a Unix socket has none.
    if (!server.bind_to_port(impl_->socket_path, 80)) {
      throw std::runtime_error("cannot listen on " + listen);
    }
    return 0;
  }
  const HostPort address = parse_host_port(listen);
  if (address.port == 0) {
    const int port = server.bind_to_any_port(address.host);
    if (port < 0) throw std::runtime_error("cannot listen on " + listen);
    return port;
  }
  if (!server.bind_to_port(address.host, address.port)) {
    throw std::runtime_error("cannot listen on " + listen + ": is the port in use?");
  }
  return address.port;
}

void Server::run(const Dispatcher& dispatcher) {
  httplib::Server& server = impl_->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_tcp_nodelay(true);
  server.set_payload_max_length(kMaxBody);
  server.set_keep_alive_max_count(100'000);
  server.set_keep_alive_timeout(kKeepAliveSeconds);
  server.set_read_timeout(kReadTimeoutSeconds);

  const auto serve = [&dispatcher](const httplib::Request& request, httplib::Response& response) {
    std::promise<Response> promise;
    dispatcher.handle(to_raw(request),
                      [&promise](Response answer) { promise.set_value(std::move(answer)); });
    write(promise.get_future().get(), response);
  };
  server.set_pre_routing_handler(
      [&dispatcher, serve](const httplib::Request& request, httplib::Response& response) {
        const auto fault = fault_of(request);
        if (!fault && has_body(request)) return httplib::Server::HandlerResponse::Unhandled;
        if (!fault) {
          // Without a length the library would wait for a body until the connection ends.
          serve(request, response);
          return httplib::Server::HandlerResponse::Handled;
        }
        // The body is still on the wire: it must not be read as the next request.
        response.set_header("Connection", "close");
        write(dispatcher.refusal(*fault), response);
        return httplib::Server::HandlerResponse::Handled;
      });
  server.Get(kEverything, serve);
  server.Post(kEverything, serve);
  server.Put(kEverything, serve);
  server.Patch(kEverything, serve);
  server.Delete(kEverything, serve);
  server.Options(kEverything, serve);
  // What the library refuses by itself never came to the dispatcher: give it our form and headers.
  server.set_error_handler([&dispatcher](const httplib::Request&, httplib::Response& response) {
    if (response.has_header("X-Request-Id")) return;
    write(dispatcher.refusal(code_of_status(response.status)), response);
  });
  server.set_exception_handler(
      [&dispatcher](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
        write(dispatcher.refusal(ErrorCode::internal_error), response);
      });
  server.listen_after_bind();
}

void Server::stop() { impl_->server.stop(); }

}  // namespace latchkey::broker::http
