#include "base/url.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>

#include "base/encoding.h"

namespace latchkey {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct TextDeleter {
  void operator()(char* text) const { curl_free(text); }
};

// Empty when the URL has no such part.
std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  const std::unique_ptr<char, TextDeleter> owned(text);
  return text;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// What browsers and libraries read differently is refused before any of them reads it: control
// bytes are dropped by some, a backslash is a slash to others.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

// The text between "//" and the path, of an http(s) URL with exactly two slashes; libcurl would
// also take one or three. Empty when `text` is none.
std::string_view authority_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view scheme = text.substr(0, colon);
  if (!ascii_iequals(scheme, "http") && !ascii_iequals(scheme, "https")) return {};
  text.remove_prefix(colon + 1);
  if (!text.starts_with("//")) return {};
  text.remove_prefix(2);
  return text.substr(0, text.find_first_of("/?#"));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text) {
  const std::string_view authority = authority_of(text);
  // User info hides the host from a reader's eye; an escaped host is decoded by some and not
  // others.
  if (!is_plain(text) || authority.empty() ||
      authority.find_first_of("@%") != std::string_view::npos) {
    return std::nullopt;
  }
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(),
                           CURLU_DISALLOW_USER) != CURLUE_OK) {
    return std::nullopt;
  }
  const std::string port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  Url parsed{.scheme = ascii_lower(part_of(url.get(), CURLUPART_SCHEME)),
             .host = ascii_lower(part_of(url.get(), CURLUPART_HOST)),
             .path = part_of(url.get(), CURLUPART_PATH),
             .query = part_of(url.get(), CURLUPART_QUERY),
             .fragment = part_of(url.get(), CURLUPART_FRAGMENT)};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (error != std::errc() || parsed.port == 0 || parsed.host.empty()) return std::nullopt;
  return parsed;
}

std::string Url::origin() const {
  const int default_port = scheme == "https" ? 443 : 80;
  const std::string base = scheme + "://" + host;
  return port == default_port ? base : base + ":" + std::to_string(port);
}

bool Url::is_loopback() const {
  if (host == "localhost" || host == "[::1]") return true;
  // libcurl has already written every spelling of an IPv4 address as four decimal numbers.
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24U == 127;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 2);
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kDigits[byte >> 4U]);
      out.push_back(kDigits[byte & 15U]);
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return out;
}

std::optional<QueryParameters> parse_query(std::string_view query) {
  QueryParameters parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return std::nullopt;
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

std::string build_query(const QueryParameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out.push_back('&');
    out += percent_encode(name) + "=" + percent_encode(value);
  }
  return out;
}

std::string with_query(std::string_view url, const QueryParameters& parameters) {
  if (parameters.empty()) return std::string(url);
  const std::size_t hash = std::min(url.find('#'), url.size());
  const std::string_view before = url.substr(0, hash);
  std::string out(before);
  if (before.find('?') == std::string_view::npos) {
    out.push_back('?');
  } else if (!before.ends_with('?') && !before.ends_with('&')) {
    out.push_back('&');
  }
  return out + build_query(parameters) + std::string(url.substr(hash));
}

}  // namespace latchkey
