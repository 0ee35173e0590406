#include "bench/load/connection.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace latchkey::bench {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

template <class Number>
Number number(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

bool Reply::next_field(std::string_view name, std::size_t& at, std::string_view& value) const {
  while ((at = head.find(kLineEnd, at)) != std::string_view::npos) {
    at += kLineEnd.size();
    const std::string_view rest = head.substr(at);
    if (rest.size() <= name.size() || rest[name.size()] != ':' ||
        strncasecmp(rest.data(), name.data(), name.size()) != 0) {
      continue;
    }
    value = rest.substr(name.size() + 1, rest.find(kLineEnd) - name.size() - 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    return true;
  }
  return false;
}

std::string_view Reply::field(std::string_view name) const {
  std::size_t at = 0;
  std::string_view value;
  return next_field(name, at, value) ? value : std::string_view{};
}

sockaddr_in parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (colon == std::string::npos ||
      inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error("not an IPv4 address and port: " + text);
  }
  address.sin_port = htons(number<std::uint16_t>(std::string_view(text).substr(colon + 1)));
  return address;
}

int open_socket(const sockaddr_in& peer) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "socket");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto* address = reinterpret_cast<const sockaddr*>(&peer);
  if (connect(fd, address, sizeof peer) != 0 && errno != EINPROGRESS) {
    const int error = errno;
    close(fd);
    throw std::system_error(error, std::generic_category(), "connect");
  }
  return fd;
}

void Connection::send(std::string_view request, Done done) {
  done_ = std::move(done);
  out_ = request;
  written_ = 0;
  in_.clear();
  if (fd_ < 0) return connect();
  write_rest();
}

void Connection::ready(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) write_rest();
  if (fd_ >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_some();
}

void Connection::connect() {
  fd_ = open_socket(peer_);
  fresh_ = true;
  wants_write_ = true;
  loop_.add(fd_, EPOLLIN | EPOLLOUT, *this);
}

void Connection::disconnect() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void Connection::write_rest() {
  while (written_ < out_.size()) {
    const ssize_t sent = ::send(fd_, out_.data() + written_, out_.size() - written_, MSG_NOSIGNAL);
    if (sent <= 0) break;  // a broken connection shows itself when it is read
    written_ += static_cast<std::size_t>(sent);
  }
  const bool unfinished = written_ < out_.size();
  if (unfinished != wants_write_) {
    wants_write_ = unfinished;
    loop_.change(fd_, unfinished ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
  }
}

void Connection::read_some() {
  std::array<char, 16'384> buffer;
  const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size > 0) {
    in_.append(buffer.data(), static_cast<std::size_t>(size));
    fresh_ = false;
    return deliver();
  }
  disconnect();
  if (!busy()) return;
  // Closed by the other side while at rest: as a browser does, ask again on a new connection.
  if (!fresh_ && in_.empty()) {
    written_ = 0;
    return connect();
  }
  finish({});
}

void Connection::deliver() {
  const std::size_t head_size = in_.find(kHeadEnd);
  if (head_size == std::string::npos) return;
  Reply reply{.status = number<int>(std::string_view(in_).substr(in_.find(' ') + 1, 3)),
              .head = std::string_view(in_).substr(0, head_size + kLineEnd.size())};
  const auto body_size = number<std::size_t>(reply.field("Content-Length"));
  if (in_.size() < head_size + kHeadEnd.size() + body_size) return;
  if (reply.field("Connection") == "close") disconnect();
  finish(reply);
}

void Connection::finish(const Reply& reply) {
  // What the reply points into must outlive the next send().
  const std::string kept = std::exchange(in_, {});
  const Done done = std::exchange(done_, nullptr);
  if (done) done(reply);
}

}  // namespace latchkey::bench
