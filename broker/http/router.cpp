#include "broker/http/router.h"

#include <algorithm>

namespace latchkey::broker::http {
namespace {

// The canonical form for matching: without the trailing slash, but for "/" itself.
std::string_view without_trailing_slash(std::string_view path) {
  const bool strip = path.size() > 1 && path.ends_with('/') && !path.ends_with("//");
  return strip ? path.substr(0, path.size() - 1) : path;
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  std::size_t begin = 1;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    segments.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return segments;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool segments_match(const std::vector<std::string>& pattern,
                    const std::vector<std::string>& segments) {
  return std::equal(pattern.begin(), pattern.end(), segments.begin(), segments.end(),
                    [](const std::string& expected, const std::string& actual) {
                      return is_parameter(expected) ? !actual.empty() : expected == actual;
                    });
}

// Fills the match from the routes of one path.
void choose(const std::vector<Route>& routes, Method method, Router::Match& match) {
  const Method wanted = method == Method::head ? Method::get : method;
  for (const Route& route : routes) {
    if (route.method == wanted) {
      match.route = &route;
      return;
    }
  }
  for (const Route& route : routes) {
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += method_name(route.method);
    if (route.method == Method::get) match.allow += ", HEAD";
  }
}

}  // namespace

void Router::add(Route route) {
  const std::string key(without_trailing_slash(route.pattern));
  auto segments = split(key);
  if (std::none_of(segments.begin(), segments.end(), is_parameter)) {
    Entry& entry = literal_[key];
    entry.segments = std::move(segments);
    entry.routes.push_back(std::move(route));
    return;
  }
  for (Entry& entry : parametric_) {
    if (entry.segments == segments) {
      entry.routes.push_back(std::move(route));
      return;
    }
  }
  Entry entry{.segments = std::move(segments), .routes = {}};
  entry.routes.push_back(std::move(route));
  parametric_.push_back(std::move(entry));
}

Router::Match Router::match(Method method, std::string_view path) const {
  Match match;
  const std::string key(without_trailing_slash(path));
  if (const auto found = literal_.find(key); found != literal_.end()) {
    choose(found->second.routes, method, match);
    return match;
  }
  const auto segments = split(key);
  for (const Entry& entry : parametric_) {
    if (!segments_match(entry.segments, segments)) continue;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (!is_parameter(entry.segments[i])) continue;
      (entry.segments[i] == "{provider}" ? match.provider
       : entry.segments[i] == "{id}"     ? match.id
                                         : match.item) = segments[i];
    }
    choose(entry.routes, method, match);
    return match;
  }
  return match;
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> all;
  const auto append = [&all](const Entry& entry) {
    for (const Route& route : entry.routes) all.push_back(&route);
  };
  for (const auto& [path, entry] : literal_) append(entry);
  for (const Entry& entry : parametric_) append(entry);
  return all;
}

}  // namespace latchkey::broker::http
