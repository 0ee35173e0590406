// URLs, parsed by libcurl's URL API and by nothing else, so that what is checked is what is used.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey {

// A parsed absolute http or https URL.
struct Url {
  std::string scheme;  // lower case
  std::string host;    // lower case; IPv6 in brackets
  int port = 0;        // always set: the scheme's default when absent
  std::string path;    // at least "/"
  std::string query;   // without "?", still encoded
  std::string fragment;

  // nullopt unless `text` is absolute http(s), has a host, no user info, and is printable ASCII
  // without spaces and backslashes.
  static std::optional<Url> parse(std::string_view text);

  // "https://example.com" or "https://example.com:8443" (RFC 6454 section 6.2).
  [[nodiscard]] std::string origin() const;
  // Whether the host is `localhost`, 127.0.0.0/8 or ::1 by its literal text.
  [[nodiscard]] bool is_loopback() const;
};

// application/x-www-form-urlencoded names and values, in order; duplicates kept so that a caller
// can refuse them.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// RFC 3986 percent-encoding of everything but unreserved characters.
std::string percent_encode(std::string_view text);
// nullopt for a truncated or non-hex escape, or one that decodes to NUL. `plus_is_space` for
// queries and forms.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// nullopt when any name or value is badly encoded.
std::optional<QueryParameters> parse_query(std::string_view query);
std::string build_query(const QueryParameters& parameters);
// `url` with the parameters added behind its own query, if it has one, and before any fragment.
std::string with_query(std::string_view url, const QueryParameters& parameters);

}  // namespace latchkey
