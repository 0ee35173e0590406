#include "config/origins.h"

#include <algorithm>

namespace latchkey::config {

bool origin_matches(std::string_view pattern, std::string_view origin) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == origin;

  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (origin.size() <= before.size() + after.size()) return false;
  if (!origin.starts_with(before) || !origin.ends_with(after)) return false;
  const std::string_view label =
      origin.substr(before.size(), origin.size() - before.size() - after.size());
  if (label.size() > 63) return false;
  // One label: a dot would let "a.evil" in, anything else is not part of a host's name.
  return label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool origin_allowed(const Config& config, std::string_view origin) {
  if (origin == config.server.public_url) return true;
  const auto& origins = config.spa.origins;
  return std::any_of(origins.begin(), origins.end(),
                     [&](const std::string& pattern) { return origin_matches(pattern, origin); });
}

}  // namespace latchkey::config
