#include "sessions/cookies.h"

#include <algorithm>
#include <stdexcept>

#include "base/encoding.h"
#include "sessions/session_service.h"

namespace latchkey::sessions {
namespace {

// Django's CSRF_COOKIE_AGE.
constexpr std::chrono::seconds kCsrfCookieLifetime = std::chrono::weeks(52);

// RFC 9110 section 5.6.2, which RFC 6265 section 4.1.1 takes for names.
bool is_token_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_cookie_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_byte);
}

// RFC 6265 section 4.1.1, cookie-octet.
bool is_value_byte(char c) {
  return c > ' ' && c < '\x7f' && c != '"' && c != ',' && c != ';' && c != '\\';
}

bool is_attribute_byte(char c) { return c >= ' ' && c < '\x7f' && c != ';'; }

// RFC 6265 section 4.2.1, read leniently. Only spaces and tabs are trimmed: were other white space
// taken off too, "\xe2\x80\x80__Host-x", which any subdomain can set, would become "__Host-x".
template <class Visit>
void for_each_pair(std::string_view header, Visit visit) {
  for (std::string_view rest = header; !rest.empty();) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    visit(trim(pair.substr(0, equals)), trim(pair.substr(equals + 1)));
  }
}

std::string_view name_of(config::SameSite same_site) {
  switch (same_site) {
    case config::SameSite::lax:
      return "Lax";
    case config::SameSite::strict:
      return "Strict";
    case config::SameSite::none:
      return "None";
  }
  throw std::logic_error("no such SameSite");
}

// A cookie of the application's world. A name with the __Host- prefix makes browsers refuse a
// Domain (RFC 6265bis section 4.1.3.2).
SetCookie application_cookie(const config::Session& config, const std::string& name) {
  const bool host_only = ascii_lower(name).starts_with("__host-");
  return {.name = name,
          .value = {},
          .max_age = {},
          .domain = host_only ? std::string() : config.cookie_domain,
          .secure = config.cookie_secure,
          .same_site = config.cookie_samesite};
}

}  // namespace

CookieJar CookieJar::parse(const std::vector<std::string_view>& headers) {
  CookieJar jar;
  for (const std::string_view header : headers) {
    for_each_pair(header, [&jar](std::string_view name, std::string_view value) {
      if (is_cookie_name(name)) jar.pairs_.emplace_back(name, value);
    });
  }
  return jar;
}

void CookieSearch::look_in(std::string_view header) {
  for_each_pair(header, [this](std::string_view name, std::string_view value) {
    if (name != name_) return;
    value_ = value;
    ++count_;
  });
}

std::optional<std::string_view> CookieJar::get(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : pairs_) {
    if (key != name) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

std::vector<std::pair<std::string_view, std::string_view>> CookieJar::with_prefix(
    std::string_view prefix) const {
  std::vector<std::pair<std::string_view, std::string_view>> found;
  for (const auto& [key, value] : pairs_) {
    if (key.starts_with(prefix)) found.emplace_back(key, value);
  }
  return found;
}

std::string SetCookie::header() const {
  const bool deletes = max_age && *max_age <= std::chrono::seconds(0);
  if (!is_cookie_name(name) || !std::all_of(value.begin(), value.end(), is_value_byte) ||
      !std::all_of(domain.begin(), domain.end(), is_attribute_byte) ||
      !std::all_of(path.begin(), path.end(), is_attribute_byte)) {
    throw std::logic_error("a cookie holds bytes that no cookie may hold");
  }
  std::string text = name + "=";
  if (!deletes) text += value;
  if (deletes) {
    text += "; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0";
  } else if (max_age) {
    text += "; Max-Age=" + std::to_string(max_age->count());
  }
  if (!domain.empty()) text += "; Domain=" + domain;
  text += "; Path=" + path;
  if (http_only) text += "; HttpOnly";
  if (secure) text += "; Secure";
  text += "; SameSite=";
  text += name_of(same_site);
  return text;
}

SetCookie session_cookie(const config::Session& config, const IssuedSession& session,
                         TimePoint now) {
  SetCookie cookie = application_cookie(config, config.cookie_name);
  cookie.value = session.token;
  if (session.remember) {
    // Rounded up: the moment between issuing and answering must not make 1209600 into 1209599.
    cookie.max_age = std::chrono::ceil<std::chrono::seconds>(session.expires_at - now);
  }
  return cookie;
}

SetCookie expired_session_cookie(const config::Session& config) {
  SetCookie cookie = application_cookie(config, config.cookie_name);
  cookie.max_age = std::chrono::seconds(0);
  return cookie;
}

SetCookie csrf_cookie(const config::Session& session, const config::Csrf& csrf, std::string token) {
  SetCookie cookie = application_cookie(session, csrf.cookie_name);
  cookie.value = std::move(token);
  cookie.max_age = kCsrfCookieLifetime;
  cookie.http_only = false;
  return cookie;
}

}  // namespace latchkey::sessions
