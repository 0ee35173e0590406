#include "broker/redirect_target.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/url.h"

namespace latchkey::broker {
namespace {

constexpr std::size_t kMaxLength = 2048;

bool is_plain(char c) {
  return c > ' ' && c < 0x7f && c != '\\' && c != '"' && c != '<' && c != '>';
}

// A proxy or a front end may decode a path once more, and "/%2fevil.example" becomes
// "//evil.example". In a query such escapes are ordinary.
bool path_has_encoded_slash(std::string_view target) {
  const std::string path = ascii_lower(target.substr(0, target.find_first_of("?#")));
  return path.find("%2f") != std::string::npos || path.find("%5c") != std::string::npos;
}

}  // namespace

bool RedirectTargets::allowed(std::string_view next) const {
  if (next.empty() || next.size() > kMaxLength) return false;
  if (!std::all_of(next.begin(), next.end(), is_plain)) return false;
  if (path_has_encoded_slash(next)) return false;
  if (next.front() == '/') return next.size() == 1 || next[1] != '/';
  const auto url = Url::parse(next);
  return url && origins_.allows(url->origin());
}

std::string RedirectTargets::resolve(std::string_view next) const {
  return allowed(next) ? std::string(next) : default_next_;
}

}  // namespace latchkey::broker
