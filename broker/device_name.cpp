#include "broker/device_name.h"

#include <algorithm>

#include "base/json.h"

namespace latchkey::broker {
namespace {

struct Mark {
  std::string_view token;  // as it stands in the header
  std::string_view name;
};

// In this order, because browsers also name those they descend from: Edge says Chrome and Safari,
// Chrome says Safari.
constexpr Mark kBrowsers[] = {
    {"Edg/", "Edge"},
    {"EdgA/", "Edge"},
    {"EdgiOS/", "Edge"},
    {"OPR/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"Vivaldi/", "Vivaldi"},
    {"Firefox/", "Firefox"},
    {"FxiOS/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"HeadlessChrome/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Safari/", "Safari"},
};

// Android says Linux, an iPhone says Mac OS X.
constexpr Mark kSystems[] = {
    {"Windows", "Windows"}, {"iPhone", "iPhone"},   {"iPad", "iPad"},      {"Android", "Android"},
    {"CrOS", "ChromeOS"},   {"Macintosh", "macOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
};

template <std::size_t size>
std::string_view first_named(std::string_view user_agent, const Mark (&marks)[size]) {
  for (const Mark& mark : marks) {
    if (user_agent.find(mark.token) != std::string_view::npos) return mark.name;
  }
  return {};
}

bool is_product_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '-' || c == '_';
}

// The product of a program that is no browser: "curl" of "curl/8.4.0".
std::string_view product(std::string_view user_agent) {
  constexpr std::size_t kLongest = 40;
  const std::string_view token = user_agent.substr(0, user_agent.find_first_of("/ "));
  const bool plain = std::all_of(token.begin(), token.end(), is_product_character);
  return plain && token.size() <= kLongest && token != "Mozilla" ? token : std::string_view{};
}

}  // namespace

std::string device_name(std::string_view user_agent) {
  const std::string_view system = first_named(user_agent, kSystems);
  std::string_view program = first_named(user_agent, kBrowsers);
  if (program.empty()) program = product(user_agent);
  if (program.empty()) return system.empty() ? "Unknown device" : std::string(system);
  if (system.empty()) return std::string(program);
  return std::string(program) + " on " + std::string(system);
}

std::string device_details(std::string_view user_agent) {
  JsonWriter json;
  json.begin_object().field("device", device_name(user_agent)).end_object();
  return json.text();
}

}  // namespace latchkey::broker
