#include "providers/dev/smtp_server.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <sys/socket.h>

#include "base/encoding.h"

namespace latchkey::providers::dev {
namespace {

constexpr std::size_t kMaxLine = 16UL * 1024;  // RFC 5321 asks for 1,000
constexpr std::size_t kMaxMail = 1024UL * 1024;
constexpr std::size_t kMaxRecipients = 100;

// One connection, from greeting to QUIT.
class Session {
 public:
  Session(int fd, Inbox& inbox, const Clock& clock) : fd_(fd), inbox_(inbox), clock_(clock) {}

  void run() {
    say("220 localhost latchkey-dev-provider ESMTP");
    while (const auto line = read_line()) {
      if (!obey(*line)) return;
    }
  }

 private:
  // False when the connection ends.
  bool obey(std::string_view line) {
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string verb = ascii_lower(line.substr(0, blank));
    const std::string_view rest = trim(line.substr(blank));
    if (verb == "quit") return say("221 bye"), false;
    if (verb == "noop") return say("250 ok");
    if (verb == "rset") return forget(), say("250 ok");
    if (verb == "helo" || verb == "ehlo") return greet(verb == "ehlo");
    if (verb == "mail") return take_sender(rest);
    if (verb == "rcpt") return take_recipient(rest);
    if (verb == "data") return take_data();
    return say("502 command not implemented");
  }

  bool greet(bool extended) {
    forget();
    greeted_ = true;
    if (!extended) return say("250 localhost");
    return say("250-localhost\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE " +
               std::to_string(kMaxMail));
  }

  bool take_sender(std::string_view rest) {
    if (!greeted_ || sender_) return say("503 bad sequence of commands");
    const auto path = path_in(rest, "from:");
    if (!path) return say("501 MAIL FROM:<address>");
    sender_ = *path;
    return say("250 ok");
  }

  bool take_recipient(std::string_view rest) {
    if (!sender_) return say("503 bad sequence of commands");
    const auto path = path_in(rest, "to:");
    if (!path || path->empty()) return say("501 RCPT TO:<address>");
    if (recipients_.size() == kMaxRecipients) return say("452 too many recipients");
    recipients_.push_back(*path);
    return say("250 ok");
  }

  bool take_data() {
    if (!sender_ || recipients_.empty()) return say("503 bad sequence of commands");
    say("354 end with <CRLF>.<CRLF>");
    std::string raw;
    bool too_big = false;
    for (;;) {
      const auto line = read_line();
      if (!line) return false;
      if (*line == ".") break;
      // A leading dot was doubled (RFC 5321 section 4.5.2).
      const std::string_view content =
          std::string_view(*line).substr(line->starts_with('.') ? 1 : 0);
      too_big = too_big || raw.size() + content.size() > kMaxMail;
      if (!too_big) raw.append(content).append("\r\n");
    }
    if (too_big) return forget(), say("552 too much mail data");
    inbox_.add({.received_at = clock_.now(),
                .sender = *sender_,
                .recipients = recipients_,
                .raw = raw,
                .message = parse_mail(raw)});
    forget();
    return say("250 taken");
  }

  // "<address>" after "FROM:" or "TO:"; parameters behind it are not looked at.
  static std::optional<std::string> path_in(std::string_view rest, std::string_view word) {
    if (!ascii_iequals(rest.substr(0, word.size()), word)) return std::nullopt;
    rest = trim(rest.substr(word.size()));
    const std::size_t end = rest.find('>');
    if (!rest.starts_with('<') || end == std::string_view::npos) return std::nullopt;
    return std::string(rest.substr(1, end - 1));
  }

  void forget() {
    sender_.reset();
    recipients_.clear();
  }

  bool say(const std::string& line) {
    std::string rest = line + "\r\n";
    while (!rest.empty()) {
      const ssize_t sent = send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      rest.erase(0, static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Without its CRLF; nothing at the end of the connection or for a line beyond the limit. Only
  // CRLF ends a line: what takes a bare LF for one can be fed a second mail inside the first.
  std::optional<std::string> read_line() {
    for (;;) {
      const std::size_t end = buffer_.find("\r\n");
      if (std::min(end, buffer_.size()) > kMaxLine) {
        say("500 line too long");
        return std::nullopt;
      }
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 2);
        return line;
      }
      std::array<char, 4096> bytes{};
      const ssize_t got = recv(fd_, bytes.data(), bytes.size(), 0);
      if (got <= 0) return std::nullopt;
      buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    }
  }

  int fd_;
  Inbox& inbox_;
  const Clock& clock_;
  std::string buffer_;
  bool greeted_ = false;
  std::optional<std::string> sender_;
  std::vector<std::string> recipients_;
};

}  // namespace

SmtpServer::SmtpServer(Inbox& inbox, const Clock& clock)
    : inbox_(inbox),
      clock_(clock),
      listener_([this](int fd) { Session(fd, inbox_, clock_).run(); }) {}

int SmtpServer::start(const std::string& host, int port) {
  const int bound = listener_.bind(host, port);
  listener_.start();
  return bound;
}

}  // namespace latchkey::providers::dev
