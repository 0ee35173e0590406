#include "tests/broker/http/raw_client.h"

#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace latchkey::test {
namespace {

void limit_waiting(int socket) {
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

template <class Address>
int connect_to(int family, const Address& address) {
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  limit_waiting(socket);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    throw std::runtime_error("cannot connect");
  }
  return socket;
}

int connect_tcp(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect_to(AF_INET, address);
}

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("path too long");
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  return connect_to(AF_UNIX, address);
}

}  // namespace

RawClient::RawClient(int port) : socket_(connect_tcp(port)) {}
RawClient::RawClient(const std::string& path) : socket_(connect_unix(path)) {}
RawClient::~RawClient() { close(); }
RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has closed: the answer tells why
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t RawClient::send_what_fits(std::string_view bytes) const {
  const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

void RawClient::shut_down_sending() const { ::shutdown(socket_, SHUT_WR); }

void RawClient::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void RawClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

bool RawClient::receive() {
  std::array<char, 65536> buffer;
  const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    throw std::runtime_error("the server says nothing");
  }
  if (count <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::Answer::field(std::string_view name) const {
  const std::string start = "\r\n" + std::string(name) + ": ";
  const std::size_t found = head.find(start);
  if (found == std::string::npos) return "";
  const std::size_t begin = found + start.size();
  return head.substr(begin, head.find('\r', begin) - begin);
}

RawClient::Answer RawClient::read_answer(bool to_head) {
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  constexpr std::size_t kStatusAt = 9;  // behind "HTTP/1.1 "
  Answer answer;
  std::size_t end = 0;
  while ((end = received_.find(kEndOfHead)) == std::string::npos) {
    if (!receive()) return answer;
  }
  const std::size_t size = end + kEndOfHead.size();
  answer.head = received_.substr(0, size);
  std::size_t length = 0;
  const std::string text = answer.field("Content-Length");
  if (!to_head) std::from_chars(text.data(), text.data() + text.size(), length);
  while (received_.size() < size + length) {
    if (!receive()) return answer;
  }
  answer.body = received_.substr(size, length);
  received_.erase(0, size + length);
  if (received_.empty()) received_.shrink_to_fit();
  const char* status = answer.head.data() + kStatusAt;
  std::from_chars(status, status + 3, answer.status);
  return answer;
}

bool RawClient::at_end() { return received_.empty() && !receive(); }

std::string RawClient::read_all() {
  while (receive()) {
  }
  return std::exchange(received_, {});
}

}  // namespace latchkey::test
