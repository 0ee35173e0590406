#include "tests/dev_provider/smtp_client.h"

#include <array>
#include <charconv>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace latchkey::test {

SmtpClient::SmtpClient(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    close(socket_);
    throw std::runtime_error("no SMTP server at that port");
  }
}

SmtpClient::~SmtpClient() { close(socket_); }

void SmtpClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has hung up, as its answer tells
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string SmtpClient::line() {
  std::size_t end = received_.find("\r\n");
  while (end == std::string::npos) {
    std::array<char, 1024> bytes{};
    const ssize_t got = recv(socket_, bytes.data(), bytes.size(), 0);
    if (got <= 0) return {};
    received_.append(bytes.data(), static_cast<std::size_t>(got));
    end = received_.find("\r\n");
  }
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return line;
}

int SmtpClient::code() {
  std::string last = line();
  while (last.size() > 3 && last[3] == '-') last = line();
  int number = 0;
  std::from_chars(last.data(), last.data() + last.size(), number);
  return number;
}

int SmtpClient::say(const std::string& command) {
  send(command + "\r\n");
  return code();
}

void deliver(int port, const std::string& recipient, const std::string& raw) {
  SmtpClient client(port);
  client.code();
  client.say("EHLO test");
  client.say("MAIL FROM:<sender@example.com>");
  client.say("RCPT TO:<" + recipient + ">");
  client.say("DATA");
  if (client.say(raw + "\r\n.") != 250) throw std::runtime_error("the mail was not taken");
  client.say("QUIT");
}

}  // namespace latchkey::test
