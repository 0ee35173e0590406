#include "stub_server.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/http_library.h"

namespace latchkey::test {

StubServer::StubServer() : StubServer(std::make_unique<httplib::Server>()) {}

StubServer::StubServer(std::unique_ptr<httplib::Server> server) : server_(std::move(server)) {
  make_http_tables();
  const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
    answer(request, response);
  };
  server_->Get(".*", handler);
  server_->Post(".*", handler);
  server_->set_keep_alive_timeout(1);
  server_->set_tcp_nodelay(true);
  // Each connection at rest holds a thread.
  server_->new_task_queue = [] { return new httplib::ThreadPool(32); };
  port_ = server_->bind_to_any_port("127.0.0.1");
  if (port_ <= 0) throw std::runtime_error("no port for the stub server");
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

StubServer::~StubServer() {
  server_->stop();
  thread_.join();
}

std::string StubServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void StubServer::on(const std::string& path, Handler handler) {
  const std::lock_guard lock(mutex_);
  handlers_[path] = std::move(handler);
}

void StubServer::on_json(const std::string& path, const std::string& body, int status) {
  on(path, [body, status](const httplib::Request&, httplib::Response& response) {
    response.status = status;
    response.set_content(body, "application/json");
  });
}

int StubServer::hits(const std::string& path) const {
  return static_cast<int>(requests(path).size());
}

std::vector<httplib::Request> StubServer::requests(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  std::vector<httplib::Request> found;
  std::copy_if(requests_.begin(), requests_.end(), std::back_inserter(found),
               [&](const httplib::Request& request) { return request.path == path; });
  return found;
}

void StubServer::answer(const httplib::Request& request, httplib::Response& response) {
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (const auto found = handlers_.find(request.path); found != handlers_.end()) {
      handler = found->second;
    }
  }
  if (handler) {
    handler(request, response);
  } else {
    response.status = 404;
  }
}

RawServer::RawServer(std::string answer, Then then) : answer_(std::move(answer)), then_(then) {
  listen();
  thread_ = std::thread([this] { accept_all(); });
}

RawServer::RawServer(Silent) { listen(); }

RawServer::~RawServer() {
  shutdown(listener_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  for (std::thread& serving : serving_) serving.join();
  for (const int connection : connections_) close(connection);
  close(listener_);
}

std::string RawServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void RawServer::listen() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(listener_, generic, length) != 0 || ::listen(listener_, 16) != 0 ||
      getsockname(listener_, generic, &length) != 0) {
    throw std::runtime_error("no port for the raw server");
  }
  port_ = ntohs(address.sin_port);
}

void RawServer::accept_all() {
  while (true) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    connections_.push_back(connection);
    serving_.emplace_back([this, connection] { serve(connection); });
  }
}

void RawServer::serve(int connection) {
  if (read_head(connection)) {
    std::string_view rest = answer_;
    while (!rest.empty()) {
      const ssize_t sent = send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    if (then_ == Then::drop_at_second) read_head(connection);
  }
  shutdown(connection, SHUT_RDWR);
}

bool RawServer::read_head(int connection) {
  std::string head;
  std::array<char, 4096> buffer{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = recv(connection, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    head.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ++requests_;
  return true;
}

}  // namespace latchkey::test
