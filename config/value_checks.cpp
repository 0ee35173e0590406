#include "config/value_checks.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>

#include <arpa/inet.h>
#include <sys/un.h>

#include "base/encoding.h"
#include "base/url.h"
#include "config/mail_address.h"

namespace latchkey::config {
namespace {

constexpr std::size_t kSecretKeyBytes = 32;

std::optional<int> parse_number(std::string_view text, int max) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text.front() == '-' || number > max) return std::nullopt;
  return number;
}

// Bits of the address: 32 or 128; nullopt when it is none.
std::optional<int> address_bits(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return 32;
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return 128;
  return std::nullopt;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    return address_bits(std::string(host.substr(1, host.size() - 2))) == 128;
  }
  return !host.empty() && host.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789.-") == std::string_view::npos;
}

bool is_host_and_port(std::string_view value) {
  const std::size_t colon = value.rfind(':');
  return colon != std::string_view::npos && colon + 1 < value.size() &&
         is_host(value.substr(0, colon)) && parse_number(value.substr(colon + 1), 65'535);
}

}  // namespace

Verdict check_host_and_port(std::string& value) {
  if (is_host_and_port(value)) return std::nullopt;
  return Complaint{"is " + in_quotes(value),
                   "use host:port, such as \"127.0.0.1:9464\" or \"[::1]:9464\""};
}

Verdict check_listen(std::string& value) {
  if (!value.starts_with("unix:")) {
    if (is_host_and_port(value)) return std::nullopt;
    return Complaint{
        "is " + in_quotes(value),
        "use host:port, such as \"127.0.0.1:8080\", or \"unix:/run/latchkey/latchkey.sock\""};
  }
  const std::size_t length = value.size() - std::string_view("unix:").size();
  if (length == 0) {
    return Complaint{"names no socket", "use \"unix:/run/latchkey/latchkey.sock\""};
  }
  // The zero that ends it has to fit as well (unix(7)).
  if (length >= sizeof(sockaddr_un::sun_path)) {
    return Complaint{"is " + in_quotes(value) + ", which is longer than the system takes",
                     "use a path of at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
                         " characters"};
  }
  return std::nullopt;
}

Verdict check_network(std::string& value) {
  const std::size_t slash = value.find('/');
  const std::optional<int> bits = address_bits(value.substr(0, slash));
  const bool prefix_fits =
      slash == std::string::npos ||
      (bits && slash + 1 < value.size() &&
       parse_number(std::string_view(value).substr(slash + 1), *bits).has_value());
  if (bits && prefix_fits) return std::nullopt;
  return Complaint{"has " + in_quotes(value),
                   "use addresses and CIDRs, such as \"10.0.0.0/8\" or \"2001:db8::1\""};
}

Verdict check_file(std::string& value) {
  std::ifstream file(value, std::ios::binary);
  // Opening a directory succeeds; reading from it does not.
  if (file && (file.peek(), !file.bad())) return std::nullopt;
  return Complaint{"names " + in_quotes(value) + ", which cannot be read",
                   "name a file that the service may read"};
}

Verdict check_directory(std::string& value) {
  std::error_code fault;
  if (std::filesystem::is_directory(value, fault)) return std::nullopt;
  return Complaint{"names " + in_quotes(value) + ", which is no directory",
                   "name a directory that the service may read"};
}

Verdict check_language(std::string& value) {
  // It becomes a part of a path.
  const bool plain = value.size() <= 35 && !value.starts_with('-') &&
                     value.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789-") == std::string::npos;
  if (plain) return std::nullopt;
  return Complaint{"is " + in_quotes(value), "use a language tag, such as \"en\" or \"pt-BR\""};
}

Verdict check_smtp_url(std::string& value) {
  Complaint complaint{
      "is " + in_quotes(value),
      "use \"smtp://host:port\" or \"smtps://host:port\"; user and password have keys of their "
      "own"};
  const std::size_t slashes = value.find("://");
  const std::string scheme = ascii_lower(std::string_view(value).substr(0, slashes));
  if (slashes == std::string::npos || (scheme != "smtp" && scheme != "smtps")) return complaint;

  // The rest has the grammar of an http URL (RFC 3986 section 3.2), which base/url.h knows.
  const auto url = Url::parse("http" + value.substr(slashes));
  if (!url || url->path != "/" || !url->query.empty() || !url->fragment.empty()) return complaint;
  return std::nullopt;
}

Verdict check_mail_address(std::string& value) {
  if (parse_mail_address(value)) return std::nullopt;
  return Complaint{"is " + in_quotes(value),
                   "use an address: \"support@example.com\" or \"Example <support@example.com>\""};
}

Verdict check_table_name(std::string& value) {
  // Table names are written into SQL, so they are identifiers and nothing else.
  std::string_view rest = value;
  int parts = 0;
  while (parts < 3) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    const bool identifier =
        !part.empty() && part.size() <= 63 && !(part.front() >= '0' && part.front() <= '9') &&
        part.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
            std::string_view::npos;
    if (!identifier) break;
    ++parts;
    if (dot == std::string_view::npos) {
      if (parts <= 2) return std::nullopt;
      break;
    }
    rest.remove_prefix(dot + 1);
  }
  return Complaint{"is " + in_quotes(value),
                   "use a table's name, such as \"auth_user\" or "
                   "\"public.auth_user\""};
}

Verdict check_plain_text(std::string& value) {
  if (is_clean_utf8(value)) return std::nullopt;
  return Complaint{"is not UTF-8 text", "write it in UTF-8"};
}

Verdict check_secret_key(std::string_view value) {
  if (value.size() >= kSecretKeyBytes) return std::nullopt;
  return Complaint{"is shorter than 32 bytes", "make one with `latchkey key generate`"};
}

Verdict check_database_url(std::string_view value) {
  // Either form libpq knows: a URI, or `keyword=value` pairs. libpq judges the rest.
  if (value.starts_with("postgresql://") || value.starts_with("postgres://")) return std::nullopt;
  if (value.find("://") == std::string_view::npos && value.find('=') != std::string_view::npos) {
    return std::nullopt;
  }
  return Complaint{"is no PostgreSQL URI", "use postgresql://user@host/database"};
}

}  // namespace latchkey::config
