#include "providers/dev/http_server.h"

#include <algorithm>
#include <array>

#include <httplib.h>
#include <sys/socket.h>

#include "base/encoding.h"
#include "providers/dev/listener.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::size_t kMaxBody = 64UL * 1024;
// The library matches paths with std::regex, which recurses once a character.
constexpr std::size_t kMaxPath = 1024;
constexpr const char* kAnyPath = ".*";
constexpr std::size_t kReadBuffer = 16UL * 1024;

// One connection as the library's Stream. Writes are gathered, so that an answer leaves in one
// segment; what was read too much stays for the next request.
class SocketStream final : public httplib::Stream {
 public:
  explicit SocketStream(int fd) : fd_(fd) {}

  // Waits for a byte to read. False at the end of the connection.
  bool wait() { return position_ < filled_ || fill() > 0; }

  bool flush() {
    std::string_view rest = written_;
    while (!rest.empty()) {
      const ssize_t sent = send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    written_.clear();
    return true;
  }

  void drop_second_half() { written_.resize(written_.size() / 2); }

  ssize_t read(char* to, std::size_t size) override {
    if (!flush()) return -1;  // "100 Continue" goes out before the body comes in
    if (position_ == filled_) {
      if (const ssize_t got = fill(); got <= 0) return got;
    }
    const std::size_t taken = std::min(size, filled_ - position_);
    std::copy_n(buffer_.data() + position_, taken, to);
    position_ += taken;
    return static_cast<ssize_t>(taken);
  }
  ssize_t write(const char* from, std::size_t size) override {
    written_.append(from, size);
    return static_cast<ssize_t>(size);
  }
  [[nodiscard]] bool is_readable() const override { return true; }
  [[nodiscard]] bool is_writable() const override { return true; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  [[nodiscard]] socket_t socket() const override { return fd_; }

 private:
  ssize_t fill() {
    const ssize_t got = recv(fd_, buffer_.data(), buffer_.size(), 0);
    position_ = 0;
    filled_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return got;
  }

  int fd_;
  std::array<char, kReadBuffer> buffer_;
  std::size_t position_ = 0;
  std::size_t filled_ = 0;
  std::string written_;
};

// Keeps the library from what it would do with a request that is like most.
void prepare(httplib::Request& request) {
  // Compress or cut the answer.
  request.headers.erase("Accept-Encoding");
  request.headers.erase("Range");
  request.ranges.clear();
  // Read until the connection ends; without a length there is no body (RFC 9112 section 6.3).
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) {
    request.set_header("Content-Length", "0");
  }
}

bool is_form(const httplib::Request& request) {
  return request.get_header_value("Content-Type").starts_with("application/x-www-form-urlencoded");
}

Request to_request(const httplib::Request& from) {
  const std::size_t question = from.target.find('?');
  Request request{
      .method = from.method == "HEAD" ? "GET" : from.method,
      .path = from.path,
      .query_text = question == std::string::npos ? "" : from.target.substr(question + 1),
      .body = from.body,
      .accept = from.get_header_value("Accept"),
      .authorization = from.get_header_value("Authorization"),
      .user_agent = from.get_header_value("User-Agent")};
  // Read here and not from the library's `params`, which mixes the query and the form.
  request.query = parse_query(request.query_text).value_or(QueryParameters{});
  if (is_form(from)) request.form = parse_query(from.body).value_or(QueryParameters{});
  return request;
}

}  // namespace

class HttpServer::Impl final : public httplib::Server {
 public:
  explicit Impl(Respond respond)
      : respond_(std::move(respond)), listener_([this](int fd) { serve(fd); }) {
    set_payload_max_length(kMaxBody);
    // Only what its Keep-Alive header says; the connections are the Listener's.
    set_keep_alive_max_count(1'000'000);
    set_keep_alive_timeout(Listener::kIdleTimeout.count());
    const auto handle = [this](const httplib::Request& from, httplib::Response& to) {
      answer(from, to);
    };
    Get(kAnyPath, handle);
    Post(kAnyPath, handle);
    set_pre_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      if (request.path.size() <= kMaxPath) return HandlerResponse::Unhandled;
      response.status = 414;
      return HandlerResponse::Handled;
    });
    // Without it the library puts the exception's text into a header.
    set_exception_handler([](const httplib::Request&, httplib::Response& response,
                             const std::exception_ptr&) { response.status = 500; });
  }

  Listener& listener() { return listener_; }

 private:
  void serve(int fd) {
    SocketStream stream(fd);
    for (;;) {
      if (!stream.wait()) return;
      bool closed = false;
      drop_connection() = false;
      const bool readable = process_request(stream, false, closed, prepare);
      if (drop_connection()) stream.drop_second_half();
      if (!stream.flush() || !readable || closed || drop_connection()) return;
    }
  }

  void answer(const httplib::Request& from, httplib::Response& to) {
    Answer answer = respond_(to_request(from));
    to.status = answer.status;
    for (auto& [name, value] : answer.headers) to.set_header(name, value);
    if (!answer.body.empty()) to.set_content(answer.body, answer.content_type);
    drop_connection() = answer.drop_connection;
  }

  // From answer() to serve(), past the library: one thread serves one connection.
  static bool& drop_connection() {
    thread_local bool drop = false;
    return drop;
  }

  Respond respond_;
  Listener listener_;
};

HttpServer::HttpServer(Respond respond) : impl_(std::make_unique<Impl>(std::move(respond))) {}

HttpServer::~HttpServer() = default;

int HttpServer::bind(const std::string& host, int port) {
  return impl_->listener().bind(host, port);
}

void HttpServer::start() { impl_->listener().start(); }

void HttpServer::stop() { impl_->listener().stop(); }

}  // namespace latchkey::providers::dev
