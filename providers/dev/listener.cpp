#include "providers/dev/listener.h"

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace latchkey::providers::dev {
namespace {

constexpr int kBacklog = 1024;
constexpr std::size_t kMaxThreads = 2048;
// How long a client may take to read.
constexpr timeval kSendTimeout{.tv_sec = 10, .tv_usec = 0};

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    throw std::runtime_error("no such address: " + host);
  }
  return {found, &freeaddrinfo};
}

template <class T>
void set_option(int socket, int level, int name, const T& value) {
  setsockopt(socket, level, name, &value, sizeof value);
}

int listen_on(const std::string& host, int port) {
  const Addresses addresses = resolve(host, port);
  int fault = 0;
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    const int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
    if (fd < 0) continue;
    // Not SO_REUSEPORT: a second dev provider on the same port would get half of the requests.
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (::bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, kBacklog) == 0) return fd;
    fault = errno;
    close(fd);
  }
  throw std::runtime_error("cannot listen on " + host + " port " + std::to_string(port) + ": " +
                           std::generic_category().message(fault));
}

int port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

}  // namespace

int Listener::bind(const std::string& host, int port) {
  listening_ = listen_on(host, port);
  return port_of(listening_);
}

void Listener::start() {
  acceptor_ = std::thread([this] { accept_connections(); });
}

void Listener::accept_connections() {
  for (;;) {
    const int fd = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EMFILE && errno != ENFILE && errno != ENOMEM) return;  // shut down by stop()
      std::this_thread::yield();
      continue;
    }
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(fd, SOL_SOCKET, SO_RCVTIMEO, timeval{.tv_sec = kIdleTimeout.count(), .tv_usec = 0});
    set_option(fd, SOL_SOCKET, SO_SNDTIMEO, kSendTimeout);
    const std::lock_guard lock(mutex_);
    waiting_.push_back(fd);
    if (waiting_.size() > idle_ && workers_.size() < kMaxThreads) {
      workers_.emplace_back([this] { work(); });
    }
    wake_.notify_one();
  }
}

void Listener::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (stopping_) return;
    const int fd = waiting_.front();
    waiting_.pop_front();
    open_.insert(fd);
    lock.unlock();
    serve_(fd);
    lock.lock();
    open_.erase(fd);
    close(fd);
  }
}

void Listener::stop() {
  if (listening_ < 0) return;
  shutdown(listening_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  close(listening_);
  listening_ = -1;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    for (const int fd : waiting_) close(fd);
    waiting_.clear();
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

}  // namespace latchkey::providers::dev
