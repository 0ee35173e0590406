#include "broker/http/origin_policy.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/url.h"

namespace latchkey::broker::http {
namespace {

// As browsers serialise it: lower case, without a default port (RFC 6454 section 6.2).
std::string canonical(const std::string& origin) {
  const auto url = Url::parse(origin);
  return url ? url->origin() : ascii_lower(origin);
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

OriginPolicy::OriginPolicy(const std::string& public_url, const std::vector<std::string>& origins)
    : own_(canonical(public_url)) {
  for (const std::string& origin : origins) {
    const std::size_t star = origin.find("*.");
    if (star == std::string::npos) {
      exact_.push_back(canonical(origin));
    } else {
      wildcards_.push_back({.before = ascii_lower(origin.substr(0, star)),
                            .after = ascii_lower(origin.substr(star + 1))});
    }
  }
}

bool OriginPolicy::allows(std::string_view origin) const {
  return origin == own_ || is_foreign_allowed(origin);
}

bool OriginPolicy::is_foreign_allowed(std::string_view origin) const {
  if (origin == own_) return false;
  if (std::find(exact_.begin(), exact_.end(), origin) != exact_.end()) return true;
  return std::any_of(wildcards_.begin(), wildcards_.end(), [origin](const Wildcard& wildcard) {
    return origin.size() > wildcard.before.size() + wildcard.after.size() &&
           origin.starts_with(wildcard.before) && origin.ends_with(wildcard.after) &&
           is_label(origin.substr(wildcard.before.size(),
                                  origin.size() - wildcard.before.size() - wildcard.after.size()));
  });
}

}  // namespace latchkey::broker::http
