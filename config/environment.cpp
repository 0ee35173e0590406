#include <algorithm>
#include <charconv>

#include <unistd.h>

#include "base/encoding.h"
#include "config/sources.h"
#include "config/suggestions.h"

namespace latchkey::config {
namespace {

constexpr std::string_view kPrefix = "LATCHKEY_";

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '-') c = '_';
  }
  return out;
}

std::string variable_name(const Key& key, std::string_view provider) {
  std::string out = std::string(kPrefix) + upper(key.section) + '_';
  if (key.of_provider()) out += std::string(provider) + '_';
  return out + upper(key.name);
}

// Kubernetes and container links set LATCHKEY_SERVICE_HOST, LATCHKEY_PORT=tcp://... and the like
// for a service that is called latchkey. Those are not ours to judge.
bool set_by_container_runtime(std::string_view name, std::string_view value) {
  if (name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos) {
    return true;
  }
  if (name.ends_with("_PORT") && value.find("://") != std::string_view::npos) return true;
  const std::size_t port = name.find("_PORT_");
  if (port == std::string_view::npos) return false;
  const std::string_view rest = name.substr(port + 6);
  const std::size_t protocol = rest.find_first_not_of("0123456789");
  if (protocol == 0 || protocol == std::string_view::npos) return false;
  return rest.substr(protocol).starts_with("_TCP") || rest.substr(protocol).starts_with("_UDP");
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view element = trim(text.substr(0, comma));
    if (!element.empty()) out.emplace_back(element);
    if (comma == std::string_view::npos) return out;
    text.remove_prefix(comma + 1);
  }
}

// The value a variable's text stands for. What does not fit the key stays text, and assign() says
// what is wrong with it.
Value value_from(const Key& key, const std::string& text) {
  const std::string_view trimmed = trim(text);
  if (key.is_list()) return split_list(text);
  if (std::holds_alternative<Flag>(key.slot) || std::holds_alternative<OptionalFlag>(key.slot)) {
    const std::string word = ascii_lower(trimmed);
    if (word == "true" || word == "1" || word == "yes" || word == "on") return true;
    if (word == "false" || word == "0" || word == "no" || word == "off") return false;
  }
  if (std::holds_alternative<Integer>(key.slot) || std::holds_alternative<Span>(key.slot)) {
    std::int64_t number = 0;
    const char* end = trimmed.data() + trimmed.size();
    const auto parsed = std::from_chars(trimmed.data(), end, number);
    if (parsed.ec == std::errc{} && parsed.ptr == end) return number;
  }
  return text;
}

class Reader {
 public:
  Reader(Report& report, Sources& sources) : report_(report), sources_(sources) {}

  void read(const std::string& name, const std::string& value) {
    const Entry entry =
        name.starts_with("LATCHKEY_PROVIDERS_") ? find_provider_key(name) : find_plain_key(name);
    if (entry.key == nullptr) {
      if (!set_by_container_runtime(name, value)) unknown(name);
      return;
    }
    if (entry.key->of_provider()) {
      sources_.providers.insert(entry.provider);
      const std::string section = "providers." + entry.provider;
      if (!report_.given(section)) report_.note(section, Report::variable(name));
    }
    sources_.entries.push_back(
        {.key = entry.key,
         .provider = entry.provider,
         .names_a_file = entry.names_a_file,
         .from_environment = true,
         .value = entry.names_a_file ? Value(value) : value_from(*entry.key, value),
         .place = Report::variable(name)});
  }

 private:
  static Entry find_plain_key(const std::string& name) {
    for (const Key& key : schema()) {
      if (key.of_provider()) continue;
      const std::string variable = variable_name(key, {});
      if (name == variable) return {.key = &key};
      if (key.is_secret() && name == variable + "_FILE") {
        return {.key = &key, .names_a_file = true};
      }
    }
    return {};
  }

  // The longest key that ends the name; what stands before it is the id.
  [[nodiscard]] Entry find_provider_key(const std::string& name) const {
    const std::string_view rest =
        std::string_view(name).substr(std::string_view("LATCHKEY_PROVIDERS_").size());
    Entry best;
    std::size_t longest = 0;
    const auto consider = [&](const Key& key, const std::string& suffix, bool names_a_file) {
      if (suffix.size() <= longest || suffix.size() >= rest.size() || !rest.ends_with(suffix)) {
        return;
      }
      longest = suffix.size();
      best = {.key = &key,
              .provider = provider_id(rest.substr(0, rest.size() - suffix.size())),
              .names_a_file = names_a_file};
    };
    for (const Key& key : schema()) {
      if (!key.of_provider()) continue;
      consider(key, "_" + upper(key.name), false);
      if (key.is_secret()) consider(key, "_" + upper(key.name) + "_FILE", true);
    }
    return best;
  }

  // The file's id where it has one ("MY_IDP" is "my-idp"), else a new one.
  [[nodiscard]] std::string provider_id(std::string_view part) const {
    for (const std::string& id : sources_.providers) {
      if (upper(id) == upper(part)) return id;
    }
    std::string id = ascii_lower(part);
    std::replace(id.begin(), id.end(), '_', '-');
    return id;
  }

  void unknown(const std::string& name) {
    std::vector<std::string> ids = {"GITHUB", "GOOGLE", "FACEBOOK"};
    for (const std::string& id : sources_.providers) ids.push_back(upper(id));

    std::vector<std::string> known;
    for (const Key& key : schema()) {
      const std::vector<std::string> owners =
          key.of_provider() ? ids : std::vector<std::string>{""};
      for (const std::string& owner : owners) {
        known.push_back(variable_name(key, owner));
        if (key.is_secret()) known.push_back(known.back() + "_FILE");
      }
    }
    const std::string near = nearest(name, known);
    report_.fault_at(Report::variable(printable(name)), "",
                     {"stands for no key", near.empty() ? "see docs/configuration.md for all keys"
                                                        : "did you mean " + near + "?"});
  }

  Report& report_;
  Sources& sources_;
};

}  // namespace

void read_environment(const Environment& environment, Report& report, Sources& sources) {
  Reader reader(report, sources);
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(kPrefix)) continue;
    if (name == "LATCHKEY_CONFIG" || name.starts_with("LATCHKEY_TEST_")) continue;
    reader.read(name, value);
  }
}

Environment process_environment() {
  Environment out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace latchkey::config
