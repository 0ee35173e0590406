#include "broker/http/listener.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace latchkey::broker::http {
namespace {

constexpr int kBacklog = 4096;
constexpr int kSocketFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;
constexpr std::string_view kUnixPrefix = "unix:";

[[noreturn]] void give_up(const std::string& listen, int error) {
  throw std::runtime_error("cannot listen on " + listen + ": " +
                           std::generic_category().message(error));
}

void set_option(int socket, int level, int name) {
  const int on = 1;
  ::setsockopt(socket, level, name, &on, sizeof on);
}

sockaddr* generic(auto& address) { return reinterpret_cast<sockaddr*>(&address); }

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    throw std::runtime_error("the path of the socket is empty or too long: " + path);
  }
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  return address;
}

// Removes the socket file of an instance that was killed: one that refuses connections.
void remove_stale(const std::string& path, sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | kSocketFlags, 0);
  const int result = ::connect(probe, generic(address), sizeof address);
  const int error = errno;
  ::close(probe);
  if (result != 0 && error == ECONNREFUSED) ::unlink(path.c_str());
}

// IPv4 in its own notation also where the socket is an IPv6 one.
std::string text_of(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  } else if (storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      ::inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    }
  }
  return text.data();
}

int port_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(socket, generic(storage), &size);
  return ntohs(storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
}

}  // namespace

Listener::Listener(const std::string& listen, mode_t mode) {
  if (listen.starts_with(kUnixPrefix)) {
    bind_unix(listen.substr(kUnixPrefix.size()), mode);
    return;
  }
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("server.listen is no host:port");
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  bind_tcp(host, listen.substr(colon + 1));
}

Listener::~Listener() { close(); }

void Listener::close() {
  if (descriptor_ < 0) return;
  if (!path_.empty()) ::unlink(path_.c_str());
  ::close(descriptor_);
  descriptor_ = -1;
}

void Listener::bind_unix(const std::string& path, mode_t mode) {
  sockaddr_un address = unix_address(path);
  remove_stale(path, address);
  descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | kSocketFlags, 0);
  if (descriptor_ < 0 || ::bind(descriptor_, generic(address), sizeof address) != 0) {
    const int error = errno;
    close();
    give_up("unix:" + path, error);
  }
  path_ = path;
  // Nobody can connect before listen(), so the mode is in force in time.
  if (::chmod(path.c_str(), mode) != 0 || ::listen(descriptor_, kBacklog) != 0) {
    const int error = errno;
    close();
    give_up("unix:" + path, error);
  }
}

void Listener::bind_tcp(const std::string& host, const std::string& port) {
  // The resolver would take an empty port for 0 and cut a large one.
  std::uint16_t number = 0;
  const char* end = port.data() + port.size();
  const auto parsed = std::from_chars(port.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    throw std::runtime_error("server.listen has no port: " + host + ":" + port);
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure =
      ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found);
  if (failure != 0) {
    throw std::runtime_error("cannot listen on " + host + ":" + port + ": " +
                             ::gai_strerror(failure));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  int error = 0;
  for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
    descriptor_ = ::socket(one->ai_family, one->ai_socktype | kSocketFlags, one->ai_protocol);
    if (descriptor_ >= 0) {
      set_option(descriptor_, SOL_SOCKET, SO_REUSEADDR);
      set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY);
      if (::bind(descriptor_, one->ai_addr, one->ai_addrlen) == 0 &&
          ::listen(descriptor_, kBacklog) == 0) {
        port_ = port_of(descriptor_);
        return;
      }
    }
    error = errno;
    close();
  }
  give_up(host + ":" + port, error);
}

Listener::Accepted Listener::accept() const {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  Accepted accepted;
  accepted.socket = ::accept4(descriptor_, generic(storage), &size, kSocketFlags);
  if (accepted.socket < 0) {
    accepted.error = errno;
  } else {
    accepted.peer = text_of(storage);
  }
  return accepted;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace latchkey::broker::http
