// Small things all providers do with the URLs of their configuration.
#pragma once

#include <string>
#include <string_view>

namespace latchkey::providers {

// The configured URL, else the kind's own.
inline std::string url_or(const std::string& configured, std::string_view otherwise) {
  return configured.empty() ? std::string(otherwise) : configured;
}

// A URL to append paths to, without its trailing slash.
inline std::string base_url(std::string url) {
  if (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace latchkey::providers
