#include <algorithm>

#include "base/encoding.h"
#include "base/url.h"
#include "config/value_checks.h"

namespace latchkey::config {
namespace {

constexpr std::string_view kPlaceholder = "{provider}";

// RFC 9110 section 5.6.2, which RFC 6265 section 4.1.1 takes for cookie names.
bool is_token(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyz"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789!#$%&'*+-.^_`|~") == std::string_view::npos;
}

// A host's name without port: labels of letters, digits and inner hyphens.
bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.starts_with('-') || label.ends_with('-') ||
        label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") !=
            std::string_view::npos) {
      return false;
    }
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_bare_origin(const Url& url) {
  return url.path == "/" && url.query.empty() && url.fragment.empty();
}

}  // namespace

Verdict check_absolute_url(std::string& value) {
  const auto url = Url::parse(value);
  if (url && url->fragment.empty()) return std::nullopt;
  return Complaint{"is " + in_quotes(value),
                   "use an absolute URL, such as \"https://example.com/x\""};
}

Verdict check_public_url(std::string& value) {
  // Port 0 stands for the port that server.listen gets; as a URL's own port it would be refused.
  std::string text = value;
  if (text.ends_with('/')) text.pop_back();
  const bool any_port = text.ends_with(":0");
  if (any_port) text.resize(text.size() - 2);

  const auto url = Url::parse(text);
  if (!url || text.ends_with('/') || text.ends_with('?') || text.ends_with('#') ||
      !is_bare_origin(*url) || (any_port && !ascii_lower(text).ends_with(url->host))) {
    return Complaint{"is " + in_quotes(value),
                     "use only scheme, host and port, such as \"https://login.example.com\""};
  }
  value = url->origin() + (any_port ? ":0" : "");
  return std::nullopt;
}

Verdict check_origin(std::string& value) {
  if (value == "*") {
    return Complaint{"has \"*\", which would let every site act for the visitor",
                     "list the origins; \"https://*.preview.example.com\" stands for one label"};
  }
  // A wildcard is parsed as the label it stands for and put back afterwards.
  constexpr std::string_view kWildcard = "://*.";
  constexpr std::string_view kStandIn = "://wildcard.";
  std::string text = value;
  const std::size_t star = text.find(kWildcard);
  if (star != std::string::npos) text.replace(star, kWildcard.size(), kStandIn);

  const auto url = Url::parse(text);
  bool fits = url && is_bare_origin(*url) && text.find('*') == std::string::npos &&
              !text.ends_with('/') && !text.ends_with('?') && !text.ends_with('#');
  if (fits && star != std::string::npos) {
    // "https://*.com" would trust everybody who can register a name.
    const std::string parent = url->host.substr(url->host.find('.') + 1);
    fits = parent == "localhost" || (is_domain(parent) && parent.find('.') != std::string::npos);
  }
  if (!fits) {
    return Complaint{"has " + in_quotes(value),
                     "use scheme://host or scheme://host:port without a path; a host may begin "
                     "with one \"*.\" above a domain of two labels"};
  }
  value = url->origin();
  if (star != std::string::npos) value.replace(value.find(kStandIn), kStandIn.size(), kWildcard);
  return std::nullopt;
}

bool is_local_path(std::string_view value) {
  // Browsers read "//host", "/\host" and "/<tab>/host" as another host.
  return value.starts_with('/') && !value.starts_with("//") &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return c > 0x20 && c < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
         });
}

Verdict check_target(std::string& value) {
  if (is_local_path(value) || Url::parse(value)) return std::nullopt;
  return Complaint{"is " + in_quotes(value),
                   "use a path such as \"/welcome\", or an absolute URL of an allowed origin"};
}

std::string callback_url_for(std::string_view callback_url, std::string_view provider_id) {
  std::string out(callback_url);
  const std::size_t at = out.find(kPlaceholder);
  if (at != std::string::npos) out.replace(at, kPlaceholder.size(), provider_id);
  return out;
}

Verdict check_callback_url(std::string& value) {
  const std::string example = callback_url_for(value, "provider");
  const auto url = Url::parse(example);
  // A redirect URI has no fragment (RFC 6749 section 3.1.2).
  const bool fits = url && example.find_first_of("{}#") == std::string::npos &&
                    value.find(kPlaceholder) >= value.find('/', value.find("://") + 3);
  if (fits) return std::nullopt;
  return Complaint{"is " + in_quotes(value),
                   "use an absolute URL such as \"https://app.example.com/auth/{provider}/"
                   "callback\", with {provider} at most once and behind the host"};
}

Verdict check_cookie_name(std::string& value) {
  if (!is_token(value)) {
    return Complaint{"is " + in_quotes(value) + ", which is no cookie name (RFC 6265)",
                     "use letters, digits, \"_\" and \"-\""};
  }
  if (value.starts_with("latchkey_flow_")) {
    return Complaint{"is " + in_quotes(value) + ", a name of sign-in flows",
                     "use a name that does not begin with \"latchkey_flow_\""};
  }
  return std::nullopt;
}

Verdict check_header_name(std::string& value) {
  if (is_token(value)) return std::nullopt;
  return Complaint{"is " + in_quotes(value) + ", which is no header name",
                   "use letters, digits and \"-\", such as \"X-CSRFToken\""};
}

Verdict check_domain(std::string& value) {
  std::string domain = ascii_lower(value);
  if (domain.starts_with('.')) domain.erase(0, 1);
  if (!is_domain(domain)) {
    return Complaint{"is or holds " + in_quotes(value), "use a domain, such as \"example.com\""};
  }
  value = std::move(domain);
  return std::nullopt;
}

Verdict check_scope(std::string& value) {
  // RFC 6749 section 3.3: printable ASCII without space, quote and backslash.
  const bool fits = std::all_of(value.begin(), value.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (fits) return std::nullopt;
  return Complaint{"has " + in_quotes(value), "write each scope as an element of its own"};
}

}  // namespace latchkey::config
